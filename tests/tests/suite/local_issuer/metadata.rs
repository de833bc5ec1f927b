//! What the issuer says of itself.

use super::Server;

#[rocket::async_test]
async fn both_documents_name_the_endpoints_that_there_are() {
    let server = Server::start().await;
    let openid = server.get(".well-known/openid-configuration").await.json();
    let oauth = server
        .get(".well-known/oauth-authorization-server")
        .await
        .json();
    assert_eq!(openid, oauth);
    assert_eq!(openid["issuer"], server.issuer.url());
    let members = openid.as_object().unwrap();
    let urls = members
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    let urls: Vec<_> = urls.collect();
    assert_eq!(urls.len(), 8);
    for (name, url) in urls {
        let path = url
            .as_str()
            .unwrap()
            .strip_prefix(server.issuer.url())
            .unwrap();
        let (get, post) = (server.get(path).await, server.post_form(path, &[]).await);
        assert!(get.status != 404 || post.status != 404, "{name}");
    }
    let list = |name: &str| openid[name].to_string();
    assert_eq!(list("code_challenge_methods_supported"), r#"["S256"]"#);
    assert_eq!(
        list("dpop_signing_alg_values_supported"),
        r#"["ES256","ES384","PS256","EdDSA"]"#
    );
}

#[rocket::async_test]
async fn the_grants_that_are_named_are_those_that_are_taken() {
    let server = Server::start().await;
    let metadata = server.get(".well-known/openid-configuration").await.json();
    for grant in metadata["grant_types_supported"].as_array().unwrap() {
        let reply = server
            .token(&[("grant_type", grant.as_str().unwrap())])
            .await;
        if reply.status != 200 {
            assert_ne!(reply.json()["error"], "unsupported_grant_type", "{grant}");
        }
    }
}
