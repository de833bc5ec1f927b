//! Tests which tokens pass with which scheme, and what a refused client learns.

use auth_runtime::BindingMode::{self, Allow, Off, Require};
use auth_runtime::testing::DpopKey;
use serde_json::json;

use super::{ALGORITHMS, bound_api, dpop_api, expect, get_bound, url, with_proof};
use crate::support::Seed;

fn dpop(error: &str) -> String {
    format!(r#"DPoP error="{error}", algs="{ALGORITHMS}""#)
}

#[rocket::async_test]
async fn without_credentials_the_challenge_offers_the_enabled_schemes() {
    for (mode, challenge) in [
        (Off, "Bearer".to_owned()),
        (Allow, format!(r#"Bearer, DPoP algs="{ALGORITHMS}""#)),
        (Require, format!(r#"DPoP algs="{ALGORITHMS}""#)),
    ] {
        let seed = dpop_api(mode).await;
        let reply = seed.app.get("/me").send().await;
        expect(
            &reply,
            401,
            "authorization_header_missing",
            Some(&challenge),
        );
        let reply = seed
            .app
            .get("/me")
            .header("Authorization", "Basic dTpw")
            .send()
            .await;
        expect(&reply, 401, "invalid_header", Some(&challenge));
        let expected = if mode == Require { "DPoP" } else { "Bearer" };
        assert_eq!(
            reply.json()["description"],
            format!("Authorization header must start with {expected}")
        );
    }
}

#[rocket::async_test]
async fn an_unbound_token_passes_as_bearer_unless_bound_ones_are_required() {
    for (mode, status) in [(Off, 200), (Allow, 200), (Require, 401)] {
        let seed = dpop_api(mode).await;
        let token = seed.token().mint();
        let reply = seed.app.get_with("/me", &token).await;
        assert_eq!(reply.status, status);
        if mode == Require {
            let challenge = format!(r#"DPoP algs="{ALGORITHMS}""#);
            expect(&reply, 401, "invalid_header", Some(&challenge));
            let description = "Authorization header must start with DPoP";
            assert_eq!(reply.json()["description"], description);
        }
    }
}

#[rocket::async_test]
async fn a_bound_token_never_passes_as_bearer() {
    for (mode, challenge) in [
        (Off, r#"Bearer error="invalid_token""#.to_owned()),
        (Allow, dpop("invalid_token")),
    ] {
        let seed = dpop_api(mode).await;
        let key = DpopKey::generate();
        let token = seed.token().bound_to(&key).mint();
        let proof = key.proof("GET", &url("/me"), &token).sign();
        // The token is new or remembered, with or without a proof.
        for _ in 0..2 {
            let reply = seed
                .app
                .get("/me")
                .bearer(&token)
                .header("DPoP", &proof)
                .send()
                .await;
            expect(&reply, 401, "bound_token", Some(&challenge));
            let reply = seed.app.get_with("/me", &token).await;
            expect(&reply, 401, "bound_token", Some(&challenge));
        }
        if mode == Allow {
            get_bound(&seed, "/me", &key, &token).await.expect_success();
            let reply = seed.app.get_with("/me", &token).await;
            expect(&reply, 401, "bound_token", Some(&challenge));
        }
    }
}

#[rocket::async_test]
async fn an_unbound_token_with_the_scheme_dpop_is_refused_even_with_a_proof() {
    for mode in [Allow, Require] {
        let seed = dpop_api(mode).await;
        let key = DpopKey::generate();
        let token = seed.token().mint();
        let reply = get_bound(&seed, "/me", &key, &token).await;
        expect(&reply, 401, "unbound_token", Some(&dpop("invalid_token")));
        let call = seed
            .app
            .get("/me")
            .header("Authorization", &format!("DPoP {token}"));
        expect(
            &call.send().await,
            401,
            "unbound_token",
            Some(&dpop("invalid_token")),
        );
    }
}

#[rocket::async_test]
async fn while_dpop_is_off_its_scheme_is_unknown() {
    let seed = dpop_api(Off).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let reply = get_bound(&seed, "/me", &key, &token).await;
    expect(&reply, 401, "invalid_header", Some("Bearer"));
}

#[rocket::async_test]
async fn a_request_has_exactly_one_proof_header() {
    let seed = dpop_api(Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let authorization = format!("DPoP {token}");
    let call = || seed.app.get("/me").header("Authorization", &authorization);
    let proof = || key.proof("GET", &url("/me"), &token).sign();
    for call in [
        call(),
        call().header("DPoP", ""),
        call().header("DPoP", &proof()).header("DPoP", &proof()),
    ] {
        let reply = call.send().await;
        expect(
            &reply,
            401,
            "invalid_dpop_proof",
            Some(&dpop("invalid_dpop_proof")),
        );
        assert_eq!(reply.json()["description"], "A DPoP proof is expected");
    }
}

#[rocket::async_test]
async fn the_scheme_is_case_insensitive_and_named_in_the_texts() {
    let seed = dpop_api(Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    for scheme in ["dpop", "DPOP", "DPoP "] {
        let proof = key.proof("GET", &url("/me"), &token).sign();
        let call = seed
            .app
            .get("/me")
            .header("Authorization", &format!("{scheme} {token}"));
        call.header("DPoP", &proof).send().await.expect_success();
    }
    for (header, description) in [
        ("DPoP", "Token not found"),
        ("DPoP a b", "Authorization header must be DPoP token"),
    ] {
        let reply = seed
            .app
            .get("/me")
            .header("Authorization", header)
            .send()
            .await;
        expect(
            &reply,
            401,
            "invalid_header",
            Some(&dpop("invalid_request")),
        );
        assert_eq!(reply.json()["description"], description);
    }
}

#[rocket::async_test]
async fn the_challenge_for_a_refused_token_has_the_scheme_of_the_client() {
    let seed = dpop_api(Allow).await;
    let key = DpopKey::generate();
    let expired = seed.token().bound_to(&key).expired().mint();
    let reply = get_bound(&seed, "/me", &key, &expired).await;
    expect(&reply, 401, "token_expired", Some(&dpop("invalid_token")));
    let reply = seed.app.get_with("/me", &expired).await;
    expect(
        &reply,
        401,
        "token_expired",
        Some(r#"Bearer error="invalid_token""#),
    );
}

#[rocket::async_test]
async fn a_malformed_confirmation_is_an_invalid_claim() {
    let seed = dpop_api(Allow).await;
    let thumbprint = DpopKey::generate().thumbprint();
    for cnf in [
        json!(null),
        json!("a"),
        json!([]),
        json!({ "jkt": 1 }),
        json!({ "jkt": "AA" }),
        json!({ "jkt": format!("{thumbprint}=") }),
        json!({ "x5t#S256": "AA" }),
        json!({ "jkt": thumbprint, "x5t#S256": null }),
    ] {
        let token = seed.token().claim("cnf", cnf.clone()).mint();
        let reply = seed.app.get_with("/me", &token).await;
        expect(
            &reply,
            401,
            "invalid_claims",
            Some(r#"Bearer error="invalid_token""#),
        );
    }
}

#[rocket::async_test]
async fn an_unknown_or_disabled_binding_is_refused_with_either_scheme() {
    let seed = dpop_api(Allow).await;
    let key = DpopKey::generate();
    let certificate = key.thumbprint();
    for cnf in [
        json!({}),
        json!({ "jku": "https://a.invalid" }),
        json!({ "x5t#S256": certificate }),
        json!({ "jkt": key.thumbprint(), "x5t#S256": certificate }),
    ] {
        let token = seed.token().claim("cnf", cnf).mint();
        let reply = seed.app.get_with("/me", &token).await;
        expect(&reply, 401, "bound_token", Some(&dpop("invalid_token")));
        let reply = get_bound(&seed, "/me", &key, &token).await;
        expect(&reply, 401, "bound_token", Some(&dpop("invalid_token")));
    }
    let cnf = json!({ "jkt": key.thumbprint(), "other": {} });
    let token = seed.token().claim("cnf", cnf).mint();
    get_bound(&seed, "/me", &key, &token).await.expect_success();
}

#[rocket::async_test]
async fn each_challenge_names_the_metadata_and_the_scopes_to_request() {
    let metadata = "https://api.example.com/.well-known/oauth-protected-resource/v1";
    let with_metadata =
        async |mode: BindingMode| bound_api(|auth| auth.dpop(mode).resource_metadata(true)).await;
    let seed = with_metadata(Allow).await;
    let reply = seed.app.get("/scoped").send().await;
    let challenge = format!(
        r#"Bearer scope="a", resource_metadata="{metadata}", DPoP scope="a", algs="{ALGORITHMS}", resource_metadata="{metadata}""#
    );
    expect(
        &reply,
        401,
        "authorization_header_missing",
        Some(&challenge),
    );
    let reply = seed.app.get("/me").send().await;
    let challenge = format!(
        r#"Bearer resource_metadata="{metadata}", DPoP algs="{ALGORITHMS}", resource_metadata="{metadata}""#
    );
    expect(
        &reply,
        401,
        "authorization_header_missing",
        Some(&challenge),
    );
    let reply = seed.app.get_with("/scoped", &seed.token().mint()).await;
    let challenge =
        format!(r#"Bearer error="insufficient_scope", scope="a", resource_metadata="{metadata}""#);
    expect(&reply, 403, "Unauthorized", Some(&challenge));
    let seed = with_metadata(Off).await;
    let reply = seed.app.get_with("/me", "a.b.c").await;
    let challenge = format!(r#"Bearer error="invalid_token", resource_metadata="{metadata}""#);
    expect(&reply, 401, "invalid_header", Some(&challenge));
}

#[rocket::async_test]
async fn a_configured_realm_is_named_in_each_challenge() {
    let metadata = "https://api.example.com/.well-known/oauth-protected-resource/v1";
    let seed = api_with_realm(Off, false).await;
    let reply = seed.app.get("/scoped").send().await;
    let bare = r#"Bearer realm="the API""#;
    expect(&reply, 401, "authorization_header_missing", Some(bare));
    let reply = seed.app.get_with("/me", "a.b.c").await;
    let challenge = r#"Bearer realm="the API", error="invalid_token""#;
    expect(&reply, 401, "invalid_header", Some(challenge));
    let reply = seed.app.get_with("/scoped", &seed.token().mint()).await;
    let challenge = r#"Bearer realm="the API", error="insufficient_scope", scope="a""#;
    expect(&reply, 403, "Unauthorized", Some(challenge));

    let seed = api_with_realm(Allow, true).await;
    let reply = seed.app.get("/me").send().await;
    let challenge = format!(
        r#"Bearer realm="the API", resource_metadata="{metadata}", DPoP realm="the API", algs="{ALGORITHMS}", resource_metadata="{metadata}""#
    );
    let missing = "authorization_header_missing";
    expect(&reply, 401, missing, Some(&challenge));

    let seed = api_with_realm(Require, false).await;
    let reply = seed.app.get("/me").send().await;
    let challenge = format!(r#"DPoP realm="the API", algs="{ALGORITHMS}""#);
    expect(&reply, 401, missing, Some(&challenge));
}

async fn api_with_realm(mode: BindingMode, metadata: bool) -> Seed {
    bound_api(|auth| auth.dpop(mode).resource_metadata(metadata).realm("the API")).await
}

#[rocket::async_test]
async fn a_bound_token_outside_of_a_request_is_refused() {
    let seed = dpop_api(Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key.proof("GET", &url("/me"), &token).sign();
    with_proof(seed.app.get("/me"), &token, &proof)
        .send()
        .await
        .expect_success();
    let reply = seed.app.get_with("/verified", &token).await;
    assert_eq!(reply.body, "bound_token");
    let reply = seed.app.get_with("/verified", &seed.token().mint()).await;
    assert_eq!(reply.body, "verified");
}
