//! Tokens that are bound to a client certificate (RFC 8705), with Rocket's own mutual TLS.

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{Auth, BindingMode, routes};
use aws_lc_rs::digest::{SHA256, digest};
use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use reqwest::{Certificate, Identity};
use serde_json::{Value, json};

use super::{me, scoped};
use crate::support::{App, encode, quiet};

/// An authority that signs the certificates of the server and of clients.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
struct Certified {
    pem: String,
    key: String,
    der: Vec<u8>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn certify(&self, name: &str, purpose: ExtendedKeyUsagePurpose) -> Certified {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Certified {
            pem: certificate.pem(),
            key: key.serialize_pem(),
            der: certificate.der().to_vec(),
        }
    }

    fn client(&self) -> Certified {
        self.certify("client.test", ExtendedKeyUsagePurpose::ClientAuth)
    }
}

impl Certified {
    fn confirmation(&self) -> Value {
        json!({ "x5t#S256": encode(digest(&SHA256, &self.der)) })
    }
}

/// An API that terminates TLS itself.
struct Api {
    app: App,
    issuer: LocalIssuer,
    authority: Authority,
}

impl Api {
    async fn launch(mode: BindingMode) -> Self {
        let issuer = LocalIssuer::start("https://api.test").await.unwrap();
        let authority = Authority::new();
        let server = authority.certify("localhost", ExtendedKeyUsagePurpose::ServerAuth);
        let figment = quiet()
            .merge(("tls.certs", server.pem.into_bytes()))
            .merge(("tls.key", server.key.into_bytes()))
            .merge(("tls.mutual.ca_certs", authority.0.pem().into_bytes()))
            .merge(("tls.mutual.mandatory", false));
        let auth = Auth::builder()
            .issuer(issuer.url())
            .audience(issuer.audience())
            .mtls(mode);
        let rocket = rocket::custom(figment)
            .attach(auth.fairing())
            .mount("/", routes![me, scoped]);
        Self {
            app: App::launch(rocket).await,
            issuer,
            authority,
        }
    }

    /// Sends a token from a client with this certificate, and returns the status and the code.
    async fn get(&self, token: &str, certificate: Option<&Certified>) -> (u16, Value) {
        let root = Certificate::from_pem(self.authority.0.pem().as_bytes()).unwrap();
        let mut client = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
        if let Some(Certified { pem, key, .. }) = certificate {
            let identity = Identity::from_pem(format!("{pem}{key}").as_bytes());
            client = client.identity(identity.unwrap());
        }
        let url = format!("https://localhost:{}/me", self.app.port());
        let request = client.build().unwrap().get(url).bearer_auth(token);
        // A header that a client sends is not its certificate.
        let header = certificate.map_or_else(String::new, |own| encode(&own.der));
        let reply = request.header("Client-Cert", header).send().await.unwrap();
        let status = reply.status().as_u16();
        let body: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap_or_default();
        (status, body["code"].clone())
    }
}

#[tokio::test]
async fn a_bound_token_passes_on_connections_with_its_certificate_only() {
    for mode in [BindingMode::Allow, BindingMode::Require] {
        let api = Api::launch(mode).await;
        let (own, other) = (api.authority.client(), api.authority.client());
        let token = api.issuer.token().claim("cnf", own.confirmation()).mint();
        let mismatch = (401, json!("certificate_mismatch"));
        // The second time the token is remembered.
        for _ in 0..2 {
            assert_eq!(api.get(&token, Some(&own)).await.0, 200);
            assert_eq!(api.get(&token, Some(&other)).await, mismatch);
            assert_eq!(api.get(&token, None).await, mismatch);
        }
    }
}

#[tokio::test]
async fn an_unbound_token_passes_unless_bound_ones_are_required() {
    let unbound = (401, json!("unbound_token"));
    for (mode, expected) in [
        (BindingMode::Allow, (200, Value::Null)),
        (BindingMode::Require, unbound),
    ] {
        let api = Api::launch(mode).await;
        let (token, own) = (api.issuer.token().mint(), api.authority.client());
        assert_eq!(api.get(&token, Some(&own)).await, expected);
        assert_eq!(api.get(&token, None).await, expected);
    }
}
