//! Revocation of tokens that are signed with a shared secret.

use auth_runtime::{Auth, requires_auth, routes};
use jsonwebtoken::{EncodingKey, Header, encode};
use rocket::get;
use serde_json::{Value, json};

use crate::support::*;

const SECRET: &str = "a shared secret that is long enough for HS256";

#[requires_auth]
#[get("/")]
fn protected() {}

fn token(issuer: Option<&str>) -> String {
    let mut claims = json!({"aud": "api", "sub": "u", "iat": now(), "exp": now() + 600});
    if let Some(issuer) = issuer {
        claims["iss"] = Value::from(issuer);
    }
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    encode(&Header::default(), &claims, &key).unwrap()
}

/// Nobody checks which issuer such a token names.
#[tokio::test]
async fn without_a_configured_issuer_a_user_is_revoked_whatever_the_token_calls_its_issuer() {
    for revoked_within in ["", "a", "b"] {
        let figment = quiet()
            .merge(("auth.audience", "api"))
            .merge(("auth.secret", SECRET))
            .merge(("auth.revocation", true));
        let rocket = rocket::custom(figment)
            .attach(Auth::fairing())
            .mount("/", routes![protected]);
        let app = App::launch(rocket).await;
        let tokens = [token(None), token(Some("a")), token(Some("b"))];
        for token in &tokens {
            app.get_with("/", token).await.expect_success();
        }
        let revocations = app.auth().revocations().unwrap();
        let revoked = revocations.revoke_user(revoked_within, "u").await;
        assert_eq!(revoked, Ok(()));
        for token in &tokens {
            let reply = app.get_with("/", token).await;
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (401, &json!("token_revoked"))
            );
        }
    }
}
