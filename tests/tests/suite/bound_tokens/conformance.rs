//! The resource requests of the FAPI 2.0 conformance suite of the OpenID Foundation: the module
//! `FAPI2SPFinalDpopNegativeTests` and its siblings, in their order. Its titles are kept.

use std::time::Duration;

use auth_runtime::BindingMode;
use auth_runtime::testing::{DpopKey, DpopProof};
use aws_lc_rs::digest::{SHA256, digest};
use jsonwebtoken::Algorithm;
use serde_json::json;

use super::{bound_api, dpop_api, expect_invalid_proof, url, with_proof};
use crate::keys::test_keys::TestKey;
use crate::support::{encode, now};

type Change = for<'k> fn(DpopProof<'k>) -> DpopProof<'k>;

/// The proofs that a resource server refuses.
const REFUSED: [(&str, Change); 17] = [
    ("'typ' is missing in header", |proof| {
        proof.without_header("typ")
    }),
    ("'alg' is missing", |proof| proof.without_header("alg")),
    ("'jwk' is missing", |proof| proof.without_header("jwk")),
    ("'jti' is missing", |proof| proof.without_claim("jti")),
    ("'htm' is missing", |proof| proof.without_claim("htm")),
    ("'htu' is missing", |proof| proof.without_claim("htu")),
    ("'iat' is missing", |proof| proof.without_claim("iat")),
    ("'ath' is missing", |proof| proof.without_claim("ath")),
    ("invalid 'typ' in header", |proof| {
        proof.header("typ", "at+jwt")
    }),
    ("signed using RS256", |proof| proof.header("alg", "RS256")),
    ("none alg", |proof| proof.header("alg", "none")),
    ("incorrect 'htm'", |proof| proof.claim("htm", "PUT")),
    ("'htu' is a different url", |proof| {
        proof.claim("htu", "https://www.example.com/me")
    }),
    ("'iat' is one hour in the future", |proof| {
        proof.claim("iat", now() + 3600)
    }),
    ("'iat' is one hour in the past", |proof| {
        proof.aged(Duration::from_secs(3600))
    }),
    ("'ath' is incorrect", |proof| {
        proof.claim("ath", encode(digest(&SHA256, b"another token")))
    }),
    ("'htu' has another path", |proof| {
        proof.claim("htu", url("/me/other"))
    }),
];

/// The proofs that it accepts.
const ACCEPTED: [(&str, Change); 8] = [
    ("a correct proof", |proof| proof),
    ("'htu' has a query/fragment", |proof| {
        proof.claim("htu", url("/me?a=b#c"))
    }),
    ("extra claims on header and claims", |proof| {
        proof
            .header("foo", "bar")
            .header("oof", json!({ "foo": "bar" }))
            .claim("foo", "bar")
            .claim("oof", json!(["bar"]))
    }),
    ("scheme and hostname in upper case", |proof| {
        proof.claim("htu", "HTTPS://API.EXAMPLE.COM/v1/me")
    }),
    ("the port is the default for the scheme", |proof| {
        proof.claim("htu", "https://api.example.com:443/v1/me")
    }),
    ("'nbf' and 'exp' are present", |proof| {
        proof.claim("nbf", now()).claim("exp", now() + 300)
    }),
    ("'iat' is 10 seconds in the past", |proof| {
        proof.aged(Duration::from_secs(10))
    }),
    ("'iat' is 8 seconds in the future", |proof| {
        proof.claim("iat", now() + 8)
    }),
];

#[rocket::async_test]
async fn the_proofs_of_the_conformance_suite_are_refused_and_accepted_as_it_expects() {
    for mode in [BindingMode::Allow, BindingMode::Require] {
        let seed = dpop_api(mode).await;
        let key = DpopKey::generate();
        let token = seed.token().bound_to(&key).mint();
        let right = || key.proof("GET", &url("/me"), &token);
        for (case, change) in REFUSED {
            let proof = change(right()).sign();
            let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
            assert_eq!(reply.status, 401, "{case}");
            expect_invalid_proof(&reply);
        }
        for (case, change) in ACCEPTED {
            let proof = change(right()).sign();
            let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
            assert_eq!((reply.status, &*reply.body), (200, "me"), "{case}");
        }
    }
}

#[rocket::async_test]
async fn the_requests_of_the_conformance_suite_are_refused_and_accepted_as_it_expects() {
    let seed = dpop_api(BindingMode::Allow).await;
    let (key, other) = (DpopKey::generate(), DpopKey::generate());
    let token = seed.token().bound_to(&key).mint();
    let right = || key.proof("GET", &url("/me"), &token);
    let get = |proof: String| with_proof(seed.app.get("/me"), &token, &proof).send();
    // Try DPoP proof with all upper case header value.
    let reply = seed
        .app
        .get("/me")
        .header("Authorization", &format!("DPOP {token}"))
        .header("DPoP", &right().sign())
        .send()
        .await;
    reply.expect_success();
    // Try with more than one DPoP in the header.
    let reply = with_proof(seed.app.get("/me"), &token, &right().sign())
        .header("DPoP", &right().sign())
        .send()
        .await;
    assert_eq!(reply.json()["code"], "invalid_dpop_proof");
    assert_eq!(reply.status, 401);
    // Try DPoP proof not well-formed JWT.
    let proof = right().sign().replace('.', "");
    expect_invalid_proof(&get(proof).await);
    // Try DPoP proof with invalid signature.
    let mut proof = right().sign();
    let last = if proof.ends_with('A') { 'Q' } else { 'A' };
    proof.pop();
    proof.push(last);
    expect_invalid_proof(&get(proof).await);
    // Try DPoP signed with a different key, which the header names or not.
    expect_invalid_proof(&get(right().signed_by(&other).sign()).await);
    let foreign = right().header("jwk", other.jwk()).signed_by(&other);
    expect_invalid_proof(&get(foreign.sign()).await);
    // Try DPoP proof with jwk header incorrectly containing private key.
    let mut private = key.jwk();
    private["d"] = json!(encode([1; 32]));
    expect_invalid_proof(&get(right().header("jwk", private).sign()).await);
    // DPoP reuse, second use of the same jti.
    get(right().claim("jti", "fixed").sign())
        .await
        .expect_success();
    expect_invalid_proof(&get(right().claim("jti", "fixed").sign()).await);
    // Try resource access without DPoP proof, and with the authorization type changed to 'Bearer'.
    let scheme = format!("DPoP {token}");
    let reply = seed.app.get("/me").header("Authorization", &scheme);
    let reply = reply.send().await;
    assert_eq!(
        (reply.status, &reply.json()["code"]),
        (401, &json!("invalid_dpop_proof"))
    );
    let reply = seed.app.get_with("/me", &token).await;
    assert_eq!(
        (reply.status, &reply.json()["code"]),
        (401, &json!("bound_token"))
    );
    // An access token in the query is not one.
    let reply = seed
        .app
        .get(&format!("/me?access_token={token}"))
        .send()
        .await;
    let code = "authorization_header_missing";
    assert_eq!((reply.status, &reply.json()["code"]), (401, &json!(code)));
    // Check a correct DPoP proof still works.
    get(right().sign()).await.expect_success();
}

/// The suite tries this only with an RSA key: the proof is right in everything but its algorithm.
#[rocket::async_test]
async fn a_proof_that_is_signed_with_an_algorithm_that_is_not_accepted_is_refused() {
    let key = TestKey::for_algorithm(Algorithm::RS256);
    let jwk = key.jwk(json!({}));
    let canonical = format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, jwk["e"], jwk["n"]);
    let thumbprint = encode(digest(&SHA256, canonical.as_bytes()));
    let seed = bound_api(|auth| auth.dpop(BindingMode::Require)).await;
    let token = seed
        .token()
        .claim("cnf", json!({ "jkt": thumbprint }))
        .mint();
    for (algorithm, passes) in [(Algorithm::RS256, false), (Algorithm::PS256, true)] {
        let header = json!({ "typ": "dpop+jwt", "alg": format!("{algorithm:?}"), "jwk": jwk });
        let claims = json!({
            "jti": format!("{algorithm:?}"),
            "htm": "GET",
            "htu": url("/me"),
            "iat": now(),
            "ath": encode(digest(&SHA256, token.as_bytes())),
        });
        let proof = key.token(algorithm, &header, &claims);
        let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
        assert_eq!(reply.status == 200, passes, "{algorithm:?}");
        if !passes {
            expect_invalid_proof(&reply);
        }
    }
}
