//! Tests shared-secret mode.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header};

use super::*;

pub(super) const SECRET: &str = "a secret of thirty-two bytes or so";

const INVALID_SIGNATURE: Refusal = Refusal {
    status: 401,
    code: "token_invalid_signature",
    description: "token signature is invalid",
    ..INVALID_TOKEN
};

pub(super) fn signed(secret: &[u8], claims: &Value) -> String {
    jsonwebtoken::encode(
        &Header::default(),
        claims,
        &EncodingKey::from_secret(secret),
    )
    .unwrap()
}

fn right() -> String {
    signed(
        SECRET.as_bytes(),
        &json!({"aud": "api", "exp": now() + 600}),
    )
}

async fn launch_with_secret(more: &str) -> App {
    launch(&format!("secret = '{SECRET}'\n{more}")).await
}

#[tokio::test]
async fn a_token_signed_with_the_secret_is_accepted() {
    let app = launch_with_secret("").await;
    app.ask(&right()).await.expect_success();
    let with_kid = Header {
        kid: Some("any".to_owned()),
        ..Header::default()
    };
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&with_kid, &json!({"aud": "api", "exp": now() + 600}), &key);
    app.ask(&token.unwrap()).await.expect_success();
}

#[tokio::test]
async fn a_malformed_token_is_an_invalid_signature() {
    let app = launch_with_secret("").await;
    let token = right();
    let mut parts = Parts::parse(&token);
    parts.payload = encode(r#"{"aud":"api","exp":99999999999}"#);
    let claims = json!({"aud": "api", "exp": now() + 600});
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let hs512 = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &key).unwrap();
    for wrong in [
        &parts.token(),
        &signed(b"another secret of thirty-two bytes", &claims),
        &hs512,
        &format!("{}.", unsigned(&json!({"alg": "none"}), &claims)),
        &token_of(RS256, json!({"alg": "RS256"}), &claims),
        "token",
        "a.b.c",
        &format!("{token}="),
        &format!("{token}.x"),
    ] {
        app.ask(wrong).await.expect(&INVALID_SIGNATURE);
    }
}

#[tokio::test]
async fn a_wrong_or_missing_audience_is_an_invalid_audience() {
    for (audience, expected) in [("", "api"), ("audience = ['one', 'two']\n", "one, two")] {
        let auth = format!(
            "secret = '{SECRET}'\n{}",
            if audience.is_empty() {
                "audience = 'api'\n"
            } else {
                audience
            }
        );
        let figment = quiet().merge(Toml::string(&format!("[default.auth]\n{auth}")).nested());
        let rocket = rocket::custom(figment)
            .attach(Auth::fairing())
            .mount("/", routes![caller]);
        let app = App::launch(rocket).await;
        for claims in [
            json!({"aud": "other", "exp": now() + 600}),
            json!({"aud": [], "exp": now() + 600}),
            json!({"aud": 1, "exp": now() + 600}),
            json!({"exp": now() + 600}),
        ] {
            let reply = app.ask(&signed(SECRET.as_bytes(), &claims)).await;
            assert_eq!(reply.status, 401);
            assert_eq!(
                reply.json(),
                json!({
                    "code": "invalid_audience",
                    "description": format!("incorrect audience, expected: {expected}"),
                })
            );
        }
    }
}

#[tokio::test]
async fn times_and_issuer_are_checked_as_in_key_set_mode() {
    let app = launch_with_secret("issuer = ['one', 'two']").await;
    let token = |claims: Value| signed(SECRET.as_bytes(), &claims);
    let exp = now() + 600;
    app.ask(&token(json!({"iss": "one", "aud": "api", "exp": exp})))
        .await
        .expect_success();
    app.ask(&token(json!({"iss": "two", "aud": "api", "exp": exp})))
        .await
        .expect_success();
    app.ask(&token(json!({"iss": "three", "aud": "api", "exp": exp})))
        .await
        .expect(&INVALID_CLAIMS);
    app.ask(&token(json!({"aud": "api", "exp": exp})))
        .await
        .expect(&INVALID_CLAIMS);
    app.ask(&token(json!({"iss": "one", "aud": "api", "exp": 1})))
        .await
        .expect(&TOKEN_EXPIRED);
    app.ask(&token(json!({"iss": "one", "aud": "api"})))
        .await
        .expect(&INVALID_CLAIMS);
    // The signature is checked before the issuer.
    let other = signed(
        b"another secret of thirty-two bytes",
        &json!({"iss": "three"}),
    );
    app.ask(&other).await.expect(&INVALID_SIGNATURE);
}

#[tokio::test]
async fn malformed_token_status_applies_to_the_shape_and_not_to_the_signature() {
    let app = launch_with_secret("malformed_token_status = 400").await;
    let malformed = Refusal {
        status: 400,
        ..INVALID_SIGNATURE
    };
    let payload = format!("{}.{}", encode(r#"{"alg":"HS256"}"#), encode("[]"));
    for wrong in [
        "token",
        "a.b.c",
        &format!("{}.", unsigned(&json!({"alg": "none"}), &json!({}))),
    ] {
        app.ask(wrong).await.expect(&malformed);
    }
    let other = signed(
        b"another secret of thirty-two bytes",
        &json!({"aud": "api", "exp": 1}),
    );
    app.ask(&other).await.expect(&INVALID_SIGNATURE);
    app.ask(&format!("{payload}.AAAA"))
        .await
        .expect(&INVALID_SIGNATURE);
    app.ask(&right()).await.expect_success();
}

#[tokio::test]
async fn every_algorithm_but_none_is_a_matter_of_the_signature_and_not_of_the_shape() {
    let app = launch_with_secret("malformed_token_status = 400").await;
    let malformed = Refusal {
        status: 400,
        ..INVALID_SIGNATURE
    };
    let with_algorithm = |algorithm: &serde_json::Value| {
        let mut parts = Parts::parse(&right());
        parts.header = encode(json!({ "alg": algorithm }).to_string());
        parts.token()
    };
    for algorithm in [
        "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
        "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448", "hs256", "None", "x", "",
    ] {
        let token = with_algorithm(&algorithm.into());
        app.ask(&token).await.expect(&INVALID_SIGNATURE);
    }
    for algorithm in [json!("none"), json!(256), json!(null), json!(["HS256"])] {
        let token = with_algorithm(&algorithm);
        app.ask(&token).await.expect(&malformed);
    }
    // Signed with the secret, but by another algorithm.
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let token = jsonwebtoken::encode(&Header::new(algorithm), &claims(), &key).unwrap();
        app.ask(&token).await.expect(&INVALID_SIGNATURE);
    }
}

#[tokio::test]
async fn several_secrets_are_accepted_at_the_same_time() {
    let second = "another secret of thirty-two bytes";
    let app = launch(&format!("secret = ['{SECRET}', '{second}']")).await;
    let claims = json!({"aud": "api", "exp": now() + 600});
    for secret in [SECRET, second] {
        app.ask(&signed(secret.as_bytes(), &claims))
            .await
            .expect_success();
    }
    app.ask(&signed(b"a third secret of thirty-two bytes", &claims))
        .await
        .expect(&INVALID_SIGNATURE);
}

#[tokio::test]
async fn a_secret_in_base64_is_read_in_either_alphabet() {
    let secret = [0xfb; 34];
    let claims = json!({"aud": "api", "exp": now() + 600});
    for text in [
        STANDARD.encode(secret),
        URL_SAFE.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ] {
        let app = launch(&format!("secret_base64 = '{text}'")).await;
        app.ask(&signed(&secret, &claims)).await.expect_success();
        app.ask(&signed(text.as_bytes(), &claims))
            .await
            .expect(&INVALID_SIGNATURE);
    }
}
