//! Payloads that are refused although the right key signed them.

use serde_json::json;

use crate::support::*;

/// Returns a token with exactly this payload, signed by the issuer.
fn with_payload(seed: &Seed, payload: impl AsRef<[u8]>) -> String {
    let header = json!({ "alg": "RS256", "kid": seed.issuer.kid() });
    seed.issuer.sign_raw(&header.to_string(), payload.as_ref())
}

/// Returns the members of a valid payload without the braces.
fn members(seed: &Seed) -> String {
    let (iss, aud) = (seed.issuer.url(), seed.issuer.audience());
    format!(r#""iss":"{iss}","aud":"{aud}","exp":{}"#, now() + 600)
}

#[tokio::test]
async fn unusual_but_valid_payloads_are_accepted() {
    let seed = seed().await;
    let members = members(&seed);
    let payloads = [
        format!("{{{members}}}"),
        format!(" {{\n{members}\t}} \n"),
        format!(
            "{{{}}}",
            members
                .replace("exp", r"\u0065xp")
                .replace("iss", r"i\u0073s")
        ),
        format!(r#"{{{members},"x":{{"x":1}},"y":[{{"x":1}},{{"x":1}}]}}"#),
        format!(r#"{{{members},"x":-1.5E-300,"y":123456789012345678901234567890}}"#),
    ];
    for payload in payloads {
        let reply = seed.answer(&with_payload(&seed, &payload)).await;
        assert_eq!(reply.status, 200, "{payload}: {reply:?}");
    }
}

#[tokio::test]
async fn a_payload_that_is_not_a_json_object_is_refused() {
    let seed = seed().await;
    let right = format!("{{{}}}", members(&seed));
    let not_utf8 = [
        br#"{"x":""#,
        &[0xff][..],
        br#"","#,
        members(&seed).as_bytes(),
        b"}",
    ]
    .concat();
    let surrogate = format!(r#"{{{},"x":"\ud800"}}"#, members(&seed));
    let reserved = [
        r#""$serde_json::private::RawValue":"not json""#,
        r#""x":{"$serde_json::private::Number":"1"}"#,
        r#""x":[{"\u0024serde_json::private::RawValue":"[]"}]"#,
    ];
    let reserved = reserved.map(|member| format!("{{{},{member}}}", members(&seed)));
    let nested = |levels| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!(r#"{{{},"x":{open}{close}}}"#, members(&seed))
    };
    let deepest = with_payload(&seed, nested(63));
    seed.answer(&deepest).await.expect_success();
    let [raw, number, escaped] = reserved;
    let payloads: [Vec<u8>; 21] = [
        raw.into(),
        number.into(),
        escaped.into(),
        nested(64).into(),
        Vec::new(),
        b" ".to_vec(),
        b"null".to_vec(),
        b"1".to_vec(),
        br#""text""#.to_vec(),
        b"[]".to_vec(),
        format!("[{right}]").into(),
        format!("{right}{right}").into(),
        format!("{right}x").into(),
        format!("\u{feff}{right}").into(),
        right.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        right.replace('}', ",}").into(),
        right.replace('}', "").into(),
        right.replace('"', "'").into(),
        not_utf8,
        surrogate.into(),
        format!(
            r#"{{{},"x":{}{}}}"#,
            members(&seed),
            "[".repeat(500),
            "]".repeat(500)
        )
        .into(),
    ];
    for payload in payloads {
        let reply = seed.answer(&with_payload(&seed, &payload)).await;
        assert_eq!(reply.status, 401, "{}", String::from_utf8_lossy(&payload));
        reply.expect(&INVALID_TOKEN);
    }
}

#[tokio::test]
async fn a_duplicate_claim_is_refused() {
    let seed = seed().await;
    let members = members(&seed);
    let doubles = [
        format!(r#""exp":{}"#, now() + 600),
        r#""iss":"https://another-issuer.test/""#.to_owned(),
        format!(r#""iss":"{}""#, seed.issuer.url()),
        format!(r#""aud":"{}""#, seed.issuer.audience()),
        format!(r#""\u0061ud":"{}""#, seed.issuer.audience()),
        r#""sub":"a","sub":"b""#.to_owned(),
        r#""nbf":0,"nbf":0"#.to_owned(),
        r#""scope":"a","scope":"b""#.to_owned(),
        r#""scope":"a","s\u0063ope":"b""#.to_owned(),
        r#""scp":["a"],"scp":["b"]"#.to_owned(),
        r#""x":[{"y":{"z":1,"\u007a":1}}]"#.to_owned(),
    ];
    for double in doubles {
        for payload in [
            format!("{{{members},{double}}}"),
            format!("{{{double},{members}}}"),
        ] {
            let reply = seed.answer(&with_payload(&seed, &payload)).await;
            assert_eq!(reply.status, 401, "{payload}");
            reply.expect(&INVALID_TOKEN);
        }
    }
}

#[tokio::test]
async fn a_number_beyond_the_range_of_an_f64_is_refused() {
    let seed = seed().await;
    let (iss, aud) = (seed.issuer.url(), seed.issuer.audience());
    for number in [
        "1e400",
        "-1e400",
        "1e99999999999",
        "01",
        "+1",
        ".5",
        "1.",
        "0x1",
        "NaN",
        "Infinity",
    ] {
        let payloads = [
            format!(r#"{{"iss":"{iss}","aud":"{aud}","exp":{number}}}"#),
            format!(r#"{{{},"nbf":{number}}}"#, members(&seed)),
            format!(r#"{{{},"x":{number}}}"#, members(&seed)),
            format!(r#"{{{},"x":[{{"y":{number}}}]}}"#, members(&seed)),
        ];
        for payload in payloads {
            let reply = seed.answer(&with_payload(&seed, &payload)).await;
            assert_eq!(reply.status, 401, "{payload}");
            reply.expect(&INVALID_TOKEN);
        }
    }
}
