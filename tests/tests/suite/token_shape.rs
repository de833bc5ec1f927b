//! Headers and payloads that are refused although the right key signed them.

use serde_json::json;

use crate::support::*;

/// Returns a token with exactly this header, signed by the issuer.
fn with_header(seed: &Seed, header: &str) -> String {
    let claims = json!({
        "iss": seed.issuer.url(), "aud": seed.issuer.audience(), "exp": now() + 600,
    });
    seed.issuer.sign_raw(header, claims.to_string().as_bytes())
}

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
async fn unusual_but_valid_headers_are_accepted() {
    let seed = seed().await;
    let kid = seed.issuer.kid();
    let headers = [
        format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#),
        r#"{"alg":"RS256"}"#.to_owned(),
        format!(" {{\n\t\"kid\" : \"{kid}\" , \"alg\":\"RS256\" }} \r\n"),
        format!(r#"{{"\u0061lg":"\u0052S256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{kid}","cty":"JWT","x":{{"y":[1,null]}}}}"#),
        format!(r#"{{"alg":"RS256","kid":"{kid}","b64":true}}"#),
    ];
    for header in headers {
        let reply = seed.answer(&with_header(&seed, &header)).await;
        assert_eq!(reply.status, 200, "{header}: {reply:?}");
    }
}

#[tokio::test]
async fn a_header_that_is_not_a_json_object_is_refused() {
    let seed = seed().await;
    let kid = seed.issuer.kid();
    let right = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
    let headers = [
        String::new(),
        " ".to_owned(),
        "null".to_owned(),
        "{}".to_owned(),
        r#""RS256""#.to_owned(),
        r#"["RS256"]"#.to_owned(),
        format!(r#"["RS256","{kid}"]"#),
        format!(r#"["RS256","{kid}",null,null,false,false]"#),
        format!("[{right}]"),
        format!("{right}{right}"),
        format!("{right}x"),
        format!("{right}\0"),
        format!("\u{feff}{right}"),
        right.replace('"', "'"),
        right.replace('}', ",}"),
        right.replace('}', ""),
        right.replace("RS256", "RS256\n"),
        format!("{right}//"),
        "[".repeat(5000),
        format!(r#"{{"alg":"RS256","x":{}}}"#, "[".repeat(5000)),
        format!(
            r#"{{"alg":"RS256","x":{}{}}}"#,
            "[".repeat(500),
            "]".repeat(500)
        ),
    ];
    for header in headers {
        let reply = seed.answer(&with_header(&seed, &header)).await;
        assert_eq!(reply.status, 401, "{header}");
        reply.expect(&INVALID_TOKEN);
    }
}

#[tokio::test]
async fn algorithm_and_key_id_are_strings() {
    let seed = seed().await;
    let kid = seed.issuer.kid();
    for value in ["1", "null", "true", "{}", "[]", r#"["RS256"]"#, "1e400"] {
        let headers = [
            format!(r#"{{"alg":{value},"kid":"{kid}"}}"#),
            format!(r#"{{"alg":"RS256","kid":{value}}}"#),
            format!(r#"{{"alg":"RS256","kid":"{kid}","typ":{value}}}"#),
        ];
        for header in headers {
            let reply = seed.answer(&with_header(&seed, &header)).await;
            assert_eq!(reply.status, 401, "{header}");
            reply.expect(&INVALID_TOKEN);
        }
    }
    let without_alg = seed.token().without_header("alg").mint();
    seed.answer(&without_alg).await.expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn an_unknown_key_id_never_matches_a_key() {
    let seed = seed().await;
    let kid = seed.issuer.kid();
    let long = "k".repeat(5000);
    let upper = kid.to_ascii_uppercase();
    let spaced = format!("{kid} ");
    let kids = [
        "",
        " ",
        "../../etc/passwd",
        "' OR 1=1 --",
        "\n\u{1b}[31m",
        "\0",
        &long,
    ];
    for other in kids
        .into_iter()
        .chain([&*spaced, &upper])
        .filter(|other| *other != kid)
    {
        let token = seed.token().header("kid", other).mint();
        seed.answer(&token).await.expect(&UNKNOWN_KEY);
    }
}

#[tokio::test]
async fn extensions_that_change_the_meaning_of_a_token_are_refused() {
    let seed = seed().await;
    let parameters = [
        r#""crit":["exp"]"#,
        r#""crit":["b64"],"b64":true"#,
        r#""crit":["https://example.test/unknown"]"#,
        r#""crit":[]"#,
        r#""crit":null"#,
        r#""crit":false"#,
        r#""b64":false"#,
        r#""b64":null"#,
        r#""b64":"true""#,
        r#""zip":"DEF""#,
        r#""zip":null"#,
        r#""\u0063rit":["exp"]"#,
    ];
    for parameter in parameters {
        let header = format!(
            r#"{{"alg":"RS256","kid":"{}",{parameter}}}"#,
            seed.issuer.kid()
        );
        let reply = seed.answer(&with_header(&seed, &header)).await;
        assert_eq!(reply.status, 401, "{header}");
        reply.expect(&INVALID_TOKEN);
    }
}

#[tokio::test]
async fn a_token_that_is_not_an_access_token_is_refused() {
    let seed = seed().await;
    for typ in [
        "JWT",
        "jwt",
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "Application/JWT",
    ] {
        seed.answer(&seed.token().header("typ", typ).mint())
            .await
            .expect_success();
    }
    seed.answer(&seed.token().without_header("typ").mint())
        .await
        .expect_success();
    for typ in [
        "logout+jwt",
        "dpop+jwt",
        "JWE",
        "JOSE",
        "",
        "text/jwt",
        "at+jwt ",
        "at+jwt;x=y",
    ] {
        let token = seed.token().header("typ", typ).mint();
        seed.answer(&token).await.expect(&INVALID_TOKEN);
    }
}

#[tokio::test]
async fn tokens_of_the_local_issuer_follow_rfc_9068() {
    let seed = seed_with([("token_type", "at+jwt".into())]).await;
    seed.answer(&seed.token().mint()).await.expect_success();
    for claim in ["client_id", "jti", "sub", "iat"] {
        let token = seed.token().without_claim(claim).mint();
        seed.answer(&token).await.expect(&INVALID_CLAIMS);
    }
    let plain = seed.token().header("typ", "JWT").mint();
    seed.answer(&plain).await.expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn a_duplicate_header_parameter_is_refused() {
    let seed = seed().await;
    let kid = seed.issuer.kid();
    let headers = [
        format!(r#"{{"alg":"none","alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","\u0061lg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"x","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{kid}","typ":"JWT","typ":"JWT"}}"#),
    ];
    for header in headers {
        seed.answer(&with_header(&seed, &header))
            .await
            .expect(&INVALID_TOKEN);
    }
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
