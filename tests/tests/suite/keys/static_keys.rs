//! Tests keys from files.

use std::fs;

use super::*;

async fn launch_with(key: &str, content: &str, more: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    fs::write(&path, content).unwrap();
    // The file is read at launch and is not needed afterwards.
    launch(&format!(
        "issuer = '{ISSUER}'\n{key} = '{}'\n{more}",
        path.display()
    ))
    .await
}

#[tokio::test]
async fn a_key_set_in_a_file_is_used_by_kid() {
    let app = launch_with("jwks_file", &keys(&["a", "b"]), "").await;
    app.ask(&token("a")).await.expect_success();
    app.ask(&token("b")).await.expect_success();
    app.ask(&token("c")).await.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn a_public_key_in_a_file_is_used_for_every_kid() {
    for algorithm in [RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let name = format!("{algorithm:?}");
        let more = format!("algorithms = '{name}'");
        let app = launch_with(
            "public_key",
            &TestKey::for_algorithm(algorithm).pem(),
            &more,
        )
        .await;
        for header in [json!({ "alg": name }), json!({"alg": name, "kid": "any"})] {
            app.ask(&token_of(algorithm, header, &claims()))
                .await
                .expect_success();
        }
        let other = TestKey::new_rsa().token(RS256, &json!({"alg": "RS256"}), &claims());
        app.ask(&other).await.expect(&INVALID_TOKEN);
    }
}

#[tokio::test]
async fn the_key_of_a_certificate_is_used() {
    // rcgen cannot use our test keys, so the token is signed by a key of rcgen.
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["issuer.invalid".to_owned()]).unwrap();
    let certificate = certificate.self_signed(&pair).unwrap();
    let app = launch_with("public_key", &certificate.pem(), "algorithms = 'ES256'").await;
    let key = jsonwebtoken::EncodingKey::from_ec_der(pair.serialized_der());
    let header = jsonwebtoken::Header::new(Algorithm::ES256);
    let token = jsonwebtoken::encode(&header, &claims(), &key).unwrap();
    app.ask(&token).await.expect_success();
    let other = token_of(Algorithm::ES256, json!({"alg": "ES256"}), &claims());
    app.ask(&other).await.expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn tokens_that_follow_rfc_9068_can_be_required() {
    let app = launch_with("jwks_file", &keys(&["a"]), "token_type = 'at+jwt'").await;
    let mut claims = claims();
    for (name, value) in [
        ("iat", json!(now())),
        ("jti", json!("1")),
        ("client_id", json!("c")),
    ] {
        claims[name] = value;
    }
    let header = |typ: &str| json!({"alg": "RS256", "kid": "a", "typ": typ});
    let right = |typ| token_of(RS256, header(typ), &claims);
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        app.ask(&right(typ)).await.expect_success();
    }
    for typ in ["JWT", "", "at+jwt ", "application/jwt", "text/at+jwt"] {
        app.ask(&right(typ)).await.expect(&INVALID_TOKEN);
    }
    app.ask(&token_of(
        RS256,
        json!({"alg": "RS256", "kid": "a"}),
        &claims,
    ))
    .await
    .expect(&INVALID_TOKEN);
    for name in ["iat", "jti", "client_id", "sub"] {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        app.ask(&token_of(RS256, header("at+jwt"), &claims))
            .await
            .expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn other_claims_are_the_audience_only_if_allowed_and_without_aud() {
    let with = |claims: Value| {
        let mut all = json!({"iss": ISSUER, "sub": "someone", "exp": now() + 600});
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        token_of(RS256, json!({"alg": "RS256", "kid": "a"}), &all)
    };
    let app = launch_with("jwks_file", &keys(&["a"]), "").await;
    app.ask(&with(json!({"aud": "api"}))).await.expect_success();
    for claims in [json!({"client_id": "api"}), json!({"azp": "api"})] {
        app.ask(&with(claims)).await.expect(&INVALID_CLAIMS);
    }
    for (allowed, other) in [("client_id", "azp"), ("azp", "client_id")] {
        let more = format!("audience_claims = ['aud', '{allowed}']");
        let app = launch_with("jwks_file", &keys(&["a"]), &more).await;
        for claims in [
            json!({"aud": "api"}),
            json!({allowed: "api"}),
            json!({"aud": "api", allowed: "another"}),
        ] {
            app.ask(&with(claims)).await.expect_success();
        }
        for claims in [
            json!({}),
            json!({other: "api"}),
            json!({allowed: "another"}),
            json!({allowed: ["api"]}),
            json!({"aud": "another", allowed: "api"}),
            json!({"aud": [], allowed: "api"}),
            json!({"aud": null, allowed: "api"}),
        ] {
            app.ask(&with(claims)).await.expect(&INVALID_CLAIMS);
        }
    }
}
