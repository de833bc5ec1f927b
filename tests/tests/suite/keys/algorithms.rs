//! Tests every algorithm, and tokens that confuse one algorithm with another.

use jsonwebtoken::Algorithm;
use serde_json::json;

use super::test_keys::ALL;
use super::*;

/// Publishes a set with a key of each type, and launches an application that accepts all algorithms.
async fn start() -> (App, FaultServer) {
    let set = TestKey::every().map(|key| {
        let kid = key.jwk(json!({}))["crv"]
            .as_str()
            .unwrap_or("RSA")
            .to_owned();
        key.jwk(json!({ "kid": kid }))
    });
    let server = FaultServer::up(Answer::keys(json!({ "keys": set }).to_string()));
    let names: Vec<_> = ALL
        .iter()
        .map(|algorithm| format!("'{algorithm:?}'"))
        .collect();
    let app = launch_at(
        &server,
        &format!("algorithms = [{}]\njwks_cooldown = 0", names.join(",")),
    )
    .await;
    (app, server)
}

fn kid(algorithm: Algorithm) -> String {
    let jwk = TestKey::for_algorithm(algorithm).jwk(json!({}));
    jwk["crv"].as_str().unwrap_or("RSA").to_owned()
}

#[tokio::test]
async fn every_algorithm_is_verified() {
    let (app, server) = start().await;
    for algorithm in ALL {
        let header = json!({"alg": format!("{algorithm:?}"), "kid": kid(algorithm)});
        app.ask(&token_of(algorithm, header, &claims()))
            .await
            .expect_success();
    }
    assert_eq!(server.hits(), 1);
}

/// RFC 9864 gives `EdDSA` with Ed25519 this name.
#[tokio::test]
async fn ed25519_is_another_name_of_eddsa() {
    let algorithm = Algorithm::EdDSA;
    for configured in ["EdDSA", "Ed25519"] {
        for published in ["EdDSA", "Ed25519"] {
            let jwk = TestKey::for_algorithm(algorithm).jwk(json!({"kid": "a", "alg": published}));
            let server = FaultServer::up(Answer::keys(json!({ "keys": [jwk] }).to_string()));
            let app = launch_at(&server, &format!("algorithms = '{configured}'")).await;
            for alg in ["EdDSA", "Ed25519"] {
                let header = json!({"alg": alg, "kid": "a"});
                app.ask(&token_of(algorithm, header, &claims()))
                    .await
                    .expect_success();
            }
        }
    }
}

#[tokio::test]
async fn a_signature_of_one_algorithm_does_not_verify_with_another() {
    let (app, _server) = start().await;
    for signed in ALL {
        for said in ALL.into_iter().filter(|said| *said != signed) {
            let header = json!({"alg": format!("{said:?}"), "kid": kid(said)});
            let reply = app.ask(&token_of(signed, header, &claims())).await;
            reply.expect(&INVALID_TOKEN);
            let header = json!({"alg": format!("{said:?}"), "kid": kid(signed)});
            let reply = app.ask(&token_of(signed, header, &claims())).await;
            // A key of another type cannot be used, and with a key of the same type the signature is
            // wrong.
            assert_eq!(reply.status, 401, "{signed:?} as {said:?}");
            assert_eq!(reply.json()["code"], "invalid_header");
        }
    }
}

#[tokio::test]
async fn a_public_key_is_not_a_shared_secret() {
    let (app, _server) = start().await;
    let rsa = TestKey::for_algorithm(RS256);
    for secret in [
        rsa.pem(),
        rsa.jwk(json!({}))["n"].as_str().unwrap().to_owned(),
    ] {
        let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        for kid in [None, Some("RSA".to_owned())] {
            let header = jsonwebtoken::Header {
                kid,
                ..Default::default()
            };
            let token = jsonwebtoken::encode(&header, &claims(), &key).unwrap();
            app.ask(&token).await.expect(&INVALID_TOKEN);
        }
    }
}

#[tokio::test]
async fn an_algorithm_that_is_not_accepted_is_refused_before_its_key_is_fetched() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let app = launch_at(&server, "").await;
    app.ask(&token("a")).await.expect_success();
    for algorithm in ALL.into_iter().filter(|algorithm| *algorithm != RS256) {
        let header = json!({"alg": format!("{algorithm:?}"), "kid": "unknown"});
        app.ask(&token_of(algorithm, header, &claims()))
            .await
            .expect(&INVALID_TOKEN);
    }
    assert_eq!(server.hits(), 1);
}
