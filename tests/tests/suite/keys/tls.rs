//! Tests endpoints with a certificate of a private authority.

use std::fs;
use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;

/// Creates an authority, and an acceptor with a certificate that it signed for this name.
fn authority(name: &str) -> (String, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (authority.pem(), TlsAcceptor::from(Arc::new(config)))
}

/// Returns the reply to a token if the keys are behind TLS and this authority is trusted.
async fn reply_with(acceptor: TlsAcceptor, trusted: Option<&str>) -> Reply {
    let server = FaultServer::up_with_tls(Answer::keys(keys(&["a"])), acceptor);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let more = trusted.map(|pem| {
        fs::write(&path, pem).unwrap();
        format!("ca_certificate = '{}'", path.display())
    });
    let app = launch_at(&server, &more.unwrap_or_default()).await;
    app.ask(&token("a")).await
}

#[tokio::test]
async fn a_private_authority_is_trusted_if_it_is_configured() {
    let (pem, acceptor) = authority("localhost");
    reply_with(acceptor, Some(&pem)).await.expect_success();
}

/// As in OpenSSL, the variable replaces the authorities of the system.
#[tokio::test]
async fn the_authorities_of_ssl_cert_file_are_trusted() {
    let (pem, acceptor) = authority("localhost");
    let (other, _) = authority("localhost");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, pem: &str| {
        let path = folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path.display().to_string()
    };
    for (file, ready) in [
        (file("ca.pem", &pem), true),
        (file("other.pem", &other), false),
    ] {
        let answer = Answer::keys(keys(&["a"]));
        let server = FaultServer::up_with_tls(answer, acceptor.clone());
        let auth = format!(
            r#"{{issuer="{ISSUER}",audience="api",jwks_uri="{}"}}"#,
            server.url("/keys")
        );
        // This needs a separate process, because the variable is read only once.
        let app = SeedProcess::start(&[("ROCKET_AUTH", &*auth), ("SSL_CERT_FILE", &*file)], &[]);
        let client = http_client();
        let url = format!("{}/api/me", app.url().await);
        let reply = client
            .get(url)
            .bearer_auth(token("a"))
            .send()
            .await
            .unwrap();
        assert_eq!(
            reply.status().as_u16(),
            if ready { 200 } else { 503 },
            "{}",
            app.output_so_far()
        );
    }
}

#[tokio::test]
async fn an_authority_that_is_not_configured_is_not_trusted() {
    let (_, acceptor) = authority("localhost");
    reply_with(acceptor.clone(), None)
        .await
        .expect(&KEYS_UNAVAILABLE);
    let (other, _) = authority("localhost");
    reply_with(acceptor, Some(&other))
        .await
        .expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn a_certificate_for_another_host_is_not_trusted() {
    let (pem, acceptor) = authority("issuer.invalid");
    reply_with(acceptor, Some(&pem))
        .await
        .expect(&KEYS_UNAVAILABLE);
}
