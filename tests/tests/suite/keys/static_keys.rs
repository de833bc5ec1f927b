//! Keys from files.

use std::fs;

use super::*;

async fn launch_with(key: &str, content: &str, more: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    fs::write(&path, content).unwrap();
    // The file is read at launch and not needed after.
    launch(&format!(
        "issuer = '{ISSUER}'\n{key} = '{}'\n{more}",
        path.display()
    ))
    .await
}

#[tokio::test]
async fn a_key_set_in_a_file_serves_by_kid() {
    let app = launch_with("jwks_file", &keys(&["a", "b"]), "").await;
    app.ask(&token("a")).await.expect_success();
    app.ask(&token("b")).await.expect_success();
    app.ask(&token("c")).await.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn a_public_key_in_a_file_serves_whatever_kid() {
    for algorithm in [RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let name = format!("{algorithm:?}");
        let more = format!("algorithms = '{name}'");
        let app = launch_with("public_key", &TestKey::of(algorithm).pem(), &more).await;
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
async fn the_key_of_a_certificate_serves() {
    // A key that signs as ours do cannot be had from the maker of certificates: so the other way.
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
async fn tokens_by_rfc_9068_can_be_required() {
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
