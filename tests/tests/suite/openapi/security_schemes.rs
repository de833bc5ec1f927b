//! How the configuration decides which credentials a document asks for.

use auth_runtime::{BindingMode, Policies, TrustedIssuer, routes};
use serde_json::json;

use super::skeleton::{bound, document, plain, token};
use super::*;

#[tokio::test]
async fn each_issuer_is_an_alternative() {
    let issuers = ["http://127.0.0.1:1/", "http://127.0.0.1:2/realms/x"];
    let auth = Auth::builder()
        .issuers(issuers.map(TrustedIssuer::new))
        .audience("https://api.test")
        .undeclared_routes(UndeclaredRoutes::Allow);
    let document = document(auth).await;
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(
        schemes["accessToken2"]["openIdConnectUrl"],
        "http://127.0.0.1:2/realms/x/.well-known/openid-configuration"
    );
    let hidden = &document["paths"]["/hidden"]["get"];
    assert_eq!(
        hidden["security"],
        json!([{ "accessToken": ["a"] }, { "accessToken2": ["a"] }])
    );
}

#[tokio::test]
async fn a_shared_secret_does_not_say_where_to_get_a_token() {
    let auth = Auth::builder()
        .secret("0123456789abcdef0123456789abcdef")
        .audience("https://api.test")
        .undeclared_routes(UndeclaredRoutes::Allow)
        .malformed_token_status(400);
    let document = document(auth).await;
    let scheme = &document["components"]["securitySchemes"]["accessToken"];
    assert_eq!(
        (&scheme["type"], &scheme["scheme"]),
        (&json!("http"), &json!("bearer"))
    );
    let plain = &document["paths"]["/plain"]["get"];
    assert_eq!(statuses(plain), ["2XX", "400", "401", "503"]);
    assert!(!document.to_string().contains("0123456789abcdef"));
}

#[tokio::test]
async fn a_bound_token_goes_with_its_proof() {
    let auth = auth()
        .dpop(BindingMode::Allow)
        .public_url("https://api.test/v1");
    let policies = policies(auth, |rocket| rocket.mount("/", routes![plain, bound])).await;
    let document = policies.openapi().document("Test", "1");
    assert_eq!(
        document["servers"],
        json!([{ "url": "https://api.test/v1" }])
    );
    let proof = &document["components"]["securitySchemes"]["dpopProof"];
    assert_eq!(
        (&proof["type"], &proof["scheme"]),
        (&json!("http"), &json!("DPoP"))
    );
    let with_proof = json!({ "accessToken": [], "dpopProof": [] });
    let plain = &document["paths"]["/plain"]["get"];
    assert_eq!(plain["security"], json!([token(&[]), with_proof]));
    assert_eq!(
        plain["responses"]["401"]["headers"]["DPoP-Nonce"]["schema"]["type"],
        "string"
    );
    let bound = &document["paths"]["/bound"]["get"];
    assert_eq!(bound["security"], json!([with_proof]));
    assert_eq!(
        bound["description"],
        "Requires an access token with a key that the client proves to have."
    );
    assert_eq!(statuses(bound), ["2XX", "401", "503"]);
}

#[test]
fn before_the_configuration_is_known_the_scheme_is_bearer() {
    let rocket = rocket::build().mount("/", routes![plain]);
    let document = Policies::of(&rocket).openapi().document("Test", "1");
    let scheme = &document["components"]["securitySchemes"]["accessToken"];
    assert_eq!(scheme["scheme"], "bearer");
}
