//! Tests `POST /admin/revocations` of the seed app.

use super::{post_revocation, revoke, seed_with_revocation};
use crate::support::*;

#[tokio::test]
async fn a_body_with_one_name_and_value_is_acknowledged() {
    let seed = seed_with_revocation([]).await;
    for name in ["jti", "sid", "sub", "client_id"] {
        let reply = revoke(&seed, &format!(r#"{{"{name}":"value"}}"#)).await;
        assert_eq!((reply.status, &*reply.body), (204, ""), "{name}");
    }
}

#[tokio::test]
async fn another_body_is_unprocessable() {
    let seed = seed_with_revocation([]).await;
    for body in [
        "",
        "x",
        "{}",
        "[]",
        "null",
        r#""jti""#,
        r#"["jti"]"#,
        r#"{"jti":""}"#,
        r#"{"jti":1}"#,
        r#"{"jti":null}"#,
        r#"{"jti":["a"]}"#,
        r#"{"jti":"a","sub":"b"}"#,
        r#"{"jti":"a","sub":null}"#,
        r#"{"jti":"a","jti":"b"}"#,
        r#"{"jti":"a","other":"b"}"#,
        r#"{"azp":"a"}"#,
        r#"{"JTI":"a"}"#,
        r#"{"jti":"a"} x"#,
        &format!(r#"{{"jti":"{}"}}"#, "a".repeat(17 << 10)),
    ] {
        assert_eq!(revoke(&seed, body).await.status, 422, "{body}");
    }
}

#[tokio::test]
async fn json_is_accepted_from_callers_with_the_scope() {
    let seed = seed_with_revocation([]).await;
    let body = r#"{"jti":"a"}"#;
    let token = seed.token().scope("revoke:tokens").mint();
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let reply = post_revocation(&seed, &token, content_type, body).await;
        assert_eq!(reply.status, 415, "{content_type}");
    }
    let reply = post_revocation(&seed, &token, "application/json; charset=utf-8", body).await;
    assert_eq!(reply.status, 204);
    let other = seed.token().scope("read:messages").mint();
    let reply = post_revocation(&seed, &other, "application/json", body).await;
    reply.expect(&forbidden("revoke:tokens"));
    let request = seed
        .app
        .request(reqwest::Method::POST, "/admin/revocations");
    request.send().await.expect(&AUTHORIZATION_MISSING);
}

#[tokio::test]
async fn without_revocation_the_route_is_missing() {
    let seed = seed().await;
    assert_eq!(revoke(&seed, r#"{"jti":"a"}"#).await.status, 404);
}
