//! Tests a migration from a shared secret to a key set (`secret_until`).

use std::time::Duration;

use auth_runtime::testing::Clock;
use jsonwebtoken::{EncodingKey, Header};
use rocket::State;
use rocket::fairing::AdHoc;

use super::secrets::{SECRET, signed};
use super::*;

/// Says why the token stopped being valid, when it did.
#[requires_auth]
#[get("/ended")]
async fn ended(token: &AccessToken, auth: &State<Auth>) -> String {
    token.ended(auth).await.to_string()
}

/// Launches an application that is migrating from the secret to a key set.
async fn launch_migration(until: &str) -> (App, Clock) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    std::fs::write(&path, keys(&["a"])).unwrap();
    let auth = format!(
        "[default.auth]\naudience = 'api'\nissuer = '{ISSUER}'\njwks_file = '{}'\n\
         secret = '{SECRET}'\nsecret_until = '{until}'",
        path.display()
    );
    let (sender, clock) = std::sync::mpsc::channel();
    let rocket = rocket::custom(quiet().merge(Toml::string(&auth).nested()))
        .attach(Auth::fairing())
        .attach(AdHoc::on_liftoff("Clock", |rocket| {
            Box::pin(async move { sender.send(Clock::of(rocket)).unwrap() })
        }))
        .mount("/", routes![caller, ended]);
    let app = App::launch(rocket).await;
    (app, clock.recv().unwrap())
}

/// Returns the time this many seconds from now in the format of RFC 3339.
fn instant(seconds_from_now: u64) -> String {
    let instant = std::time::UNIX_EPOCH + Duration::from_secs(now() + seconds_from_now);
    let instant = time::OffsetDateTime::from(instant);
    let format = &time::format_description::well_known::Rfc3339;
    instant.format(format).unwrap()
}

#[tokio::test]
async fn in_a_migration_the_secret_and_the_key_set_are_accepted_until_its_end() {
    let (app, clock) = launch_migration(&instant(3600)).await;
    let mut long = claims();
    long["exp"] = json!(now() + 7200);
    let by_secret = signed(SECRET.as_bytes(), &long);
    let by_key = token_of(RS256, json!({"alg": "RS256", "kid": "a"}), &long);
    // The second time, the tokens are remembered.
    for _ in 0..2 {
        app.ask(&by_secret).await.expect_success();
        app.ask(&by_key).await.expect_success();
    }
    clock.advance(Duration::from_secs(3600));
    app.ask(&by_secret).await.expect(&INVALID_TOKEN);
    app.ask(&by_key).await.expect_success();
    clock.rewind(Duration::from_secs(60));
    app.ask(&by_secret).await.expect_success();
}

#[tokio::test]
async fn the_end_of_a_migration_ends_the_connections_of_the_secret() {
    let (app, _clock) = launch_migration(&instant(3)).await;
    let mut long = claims();
    long["exp"] = json!(now() + 7200);
    let by_secret = signed(SECRET.as_bytes(), &long);
    let ended = app.get_with("/ended", &by_secret).await;
    assert_eq!((ended.status, &*ended.body), (200, "key_withdrawn"));
}

#[tokio::test]
async fn in_a_migration_replies_are_those_of_key_set_mode() {
    let (app, _) = launch_migration("2999-12-31").await;
    let by_secret = |claims: Value| signed(SECRET.as_bytes(), &claims);
    let exp = now() + 600;
    for (token, refusal) in [
        (
            by_secret(json!({"aud": "api", "exp": exp})),
            &INVALID_CLAIMS,
        ),
        (
            by_secret(json!({"iss": ISSUER, "exp": exp})),
            &INVALID_CLAIMS,
        ),
        (
            by_secret(json!({"iss": ISSUER, "aud": "x", "exp": exp})),
            &INVALID_CLAIMS,
        ),
        (
            by_secret(json!({"iss": "x", "aud": "api", "exp": exp})),
            &INVALID_CLAIMS,
        ),
        (
            by_secret(json!({"iss": ISSUER, "aud": "api", "exp": 1})),
            &TOKEN_EXPIRED,
        ),
        (
            signed(b"another secret of thirty-two bytes", &claims()),
            &INVALID_TOKEN,
        ),
        ("token".to_owned(), &INVALID_TOKEN),
        (token("unknown"), &UNKNOWN_KEY),
    ] {
        app.ask(&token).await.expect(refusal);
    }
}

#[tokio::test]
async fn in_a_migration_each_algorithm_has_only_its_own_kind_of_key() {
    let (app, _) = launch_migration("2999-12-31").await;
    // The public key is used as a secret, in the forms in which a library might accept it.
    let pem = TestKey::for_algorithm(RS256).pem();
    for secret in [
        pem.as_bytes(),
        pem.trim_end().as_bytes(),
        keys(&["a"]).as_bytes(),
    ] {
        let key = EncodingKey::from_secret(secret);
        for kid in [None, Some("a".to_owned())] {
            let header = Header {
                kid,
                ..Header::default()
            };
            let token = jsonwebtoken::encode(&header, &claims(), &key).unwrap();
            app.ask(&token).await.expect(&INVALID_TOKEN);
        }
    }
    // This is a signature by the secret under the algorithm of the key.
    let by_secret = signed(SECRET.as_bytes(), &claims());
    let mut parts = Parts::parse(&by_secret);
    parts.header = encode(r#"{"alg":"RS256","kid":"a"}"#);
    app.ask(&parts.token()).await.expect(&INVALID_TOKEN);
    // These algorithms are not accepted.
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let token = jsonwebtoken::encode(&Header::new(algorithm), &claims(), &key).unwrap();
        app.ask(&token).await.expect(&INVALID_TOKEN);
    }
    let es256 = token_of(Algorithm::ES256, json!({"alg": "ES256"}), &claims());
    app.ask(&es256).await.expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn after_the_end_of_a_migration_hs256_is_not_allowed() {
    let (app, _) = launch_migration("2020-12-31").await;
    let by_secret = signed(SECRET.as_bytes(), &claims());
    app.ask(&by_secret).await.expect(&INVALID_TOKEN);
    app.ask(&token("a")).await.expect_success();
}

#[tokio::test]
async fn in_a_migration_a_bad_signature_by_a_secret_leaves_the_next_fetch_to_unknown_keys() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let app = launch(&format!(
        "issuer = '{ISSUER}'\njwks_uri = '{}'\nsecret = '{SECRET}'\n\
         secret_until = '2999-12-31'\njwks_timeout = 1\njwks_cooldown = 86400",
        server.url("/keys")
    ))
    .await;
    app.ask(&token("a")).await.expect_success();
    let forged = signed(b"another secret of thirty-two bytes", &claims());
    app.ask(&forged).await.expect(&INVALID_TOKEN);
    // A fetch would reach the server long before these are answered.
    for _ in 0..100 {
        app.ask(&token("a")).await.expect_success();
    }
    assert_eq!(server.paths(), ["/keys"]);
    server.answer("/keys", Answer::keys(keys(&["a", "b"])));
    // The cool-down has not begun, so a key that the issuer has added is found at once.
    app.ask(&token("b")).await.expect_success();
    assert_eq!(server.paths(), ["/keys", "/keys"]);
}
