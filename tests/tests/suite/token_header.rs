//! Headers that are refused although the right key signed them.

use serde_json::json;

use crate::support::*;

/// Returns a token with exactly this header, signed by the issuer.
fn with_header(seed: &Seed, header: &str) -> String {
    let claims = json!({
        "iss": seed.issuer.url(), "aud": seed.issuer.audience(), "exp": now() + 600,
    });
    seed.issuer.sign_raw(header, claims.to_string().as_bytes())
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
