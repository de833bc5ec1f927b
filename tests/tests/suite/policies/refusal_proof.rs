//! Tests that `assert_refusals` passes exactly for applications that refuse what they should.

// Applications never do this. Only in this way can a test create a route that claims a policy without
// a guard.
use auth_runtime::__private::Seal;
use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::assert_refusals;
use auth_runtime::{
    AccessToken, Auth, Policy, Protected, Rule, RuleError, public, requires, requires_auth,
    requires_claim, requires_permission, requires_role, requires_scope, routes,
};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Build, Request, Rocket, Route, catch, catchers, delete, get, post, put};
use serde_json::{Value, json};

use super::local;

#[public]
#[get("/ping")]
fn ping() {}

#[requires_auth]
#[get("/me")]
fn me(token: &AccessToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[requires_scope("a", any("b", all("c", "d")))]
#[requires_permission("p")]
#[requires_role(any("r", "s"))]
#[get("/granted/<_id>/<_rest..>?static=yes&<page>&<_more..>")]
fn granted(_id: u8, _rest: std::path::PathBuf, page: u8, _more: Vec<String>) -> String {
    page.to_string()
}

#[requires_claim("/realm/region" = "eu", level = 3, email_verified = true)]
#[requires_claim(sub = "<user_id>", account = 7, not_found)]
#[post("/users/<user_id>", format = "json", data = "<_body>")]
fn user(user_id: &str, _body: String) -> String {
    user_id.to_owned()
}

#[requires_auth(max_age = 300, acr = "x y")]
#[delete("/account")]
fn account() {}

struct Office;

#[rocket::async_trait]
impl Rule for Office {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(Office)]
#[requires_scope("a")]
#[put("/till", format = "text/plain", data = "<_body>")]
fn till(_body: String) {}

#[requires_scope("a", report_only)]
#[get("/reported")]
fn reported() {}

fn good() -> Vec<Route> {
    routes![ping, me, granted, user, account, till, reported]
}

/// Returns the message with which `assert_refusals` fails for this application, or `None` if it
/// passes.
async fn objection(build: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> Option<String> {
    let (client, issuer) = local(build).await;
    // A separate task contains the panic.
    let proof = tokio::spawn(async move { assert_refusals(&client, &issuer).await });
    let panic = proof.await.err()?.into_panic();
    Some(*panic.downcast::<String>().unwrap())
}

#[tokio::test]
async fn an_application_with_every_attribute_passes_the_proof() {
    assert_eq!(
        objection(|rocket| rocket.mount("/base", good())).await,
        None
    );
}

#[tokio::test]
async fn catchers_that_only_change_the_words_pass_the_proof() {
    #[catch(401)]
    fn unauthorized() -> &'static str {
        "log in first"
    }
    let objection = objection(|rocket| {
        rocket
            .mount("/", good())
            .register("/", catchers![unauthorized])
    });
    assert_eq!(objection.await, None);
}

#[tokio::test]
async fn a_catcher_that_answers_with_success_is_caught() {
    #[catch(403)]
    fn forbidden() -> (Status, &'static str) {
        (Status::Ok, "all is well")
    }
    let objection = objection(|rocket| {
        rocket
            .mount("/", routes![me, till, account, granted])
            .register("/", catchers![forbidden])
    });
    let objection = objection.await.unwrap();
    assert!(
        objection.contains(
            r#"with a token without requires_scope("a"): expected 403 Unauthorized, got 200"#
        ),
        "{objection}"
    );
    assert!(!objection.contains("/me"), "{objection}");
}

#[tokio::test]
async fn a_catcher_that_replies_with_another_code_is_caught() {
    #[catch(401)]
    fn unauthorized() -> rocket::serde::json::Value {
        rocket::serde::json::json!({ "code": "token_expired" })
    }
    let objection = objection(|rocket| {
        rocket
            .mount("/", routes![me])
            .register("/", catchers![unauthorized])
    });
    assert_eq!(
        objection.await.unwrap(),
        "not refused as documented:\n\
         GET /me with no token: expected 401 authorization_header_missing, got 401 token_expired\n\
         GET /me with a malformed token: expected 401 invalid_header, got 401 token_expired\n\
         GET /me with a token for another audience: expected 401 invalid_claims, got 401 token_expired\n\
         GET /me with a token with a wrong key: expected 401 invalid_header, got 401 token_expired"
    );
}

/// A route that claims to be protected, but does not have a guard.
#[get("/unguarded")]
fn unguarded() -> &'static str {
    "open to all"
}

impl Protected for unguarded {
    const POLICY: Policy = till::POLICY;
    const SEAL: Seal<Self> = Seal::new();
}

#[tokio::test]
async fn a_route_that_only_claims_to_be_protected_is_caught() {
    let objection = objection(|rocket| rocket.mount("/", routes![unguarded]))
        .await
        .unwrap();
    for attempt in ["no token", "an expired token", "a token with a wrong key"] {
        let line = format!("GET /unguarded with {attempt}: expected 401");
        assert!(objection.contains(&line), "{line} of {objection}");
    }
}

/// A route whose guard has another policy than it claims.
#[get("/exchanged")]
fn exchanged(_proof: auth_runtime::Authorized<me>) {}

impl Protected for exchanged {
    const POLICY: Policy = scoped::POLICY;
    const SEAL: Seal<Self> = Seal::new();
}

#[requires_scope("a", "b")]
#[get("/scoped")]
fn scoped() {}

#[tokio::test]
async fn a_route_whose_guard_is_weaker_than_its_policy_is_caught() {
    let objection = objection(|rocket| rocket.mount("/", routes![exchanged, scoped])).await;
    assert_eq!(
        objection.unwrap(),
        "not refused as documented:\n\
         GET /exchanged with a token without requires_scope(\"a\"): expected 403 Unauthorized, got 200\n\
         GET /exchanged with a token without requires_scope(\"b\"): expected 403 Unauthorized, got 200"
    );
}

/// A route that claims a rule and another requirement, but whose guard only has the rule.
#[get("/rule-alone")]
fn rule_alone(_proof: auth_runtime::Authorized<office>) {}

impl Protected for rule_alone {
    const POLICY: Policy = hidden_till::POLICY;
    const SEAL: Seal<Self> = Seal::new();
}

#[requires(Office)]
#[get("/office")]
fn office() {}

#[requires(Office, not_found)]
#[requires_scope("a")]
#[get("/hidden-till")]
fn hidden_till() {}

#[tokio::test]
async fn requirements_after_a_rule_are_tested() {
    let objection =
        objection(|rocket| rocket.mount("/", routes![office, hidden_till, rule_alone])).await;
    assert_eq!(
        objection.unwrap(),
        "not refused as documented:\n\
         GET /rule-alone with a token without requires_scope(\"a\"): expected 403 Unauthorized or 404 not_found, got 200"
    );
}

/// Answers before the protected route with the same path.
#[public]
#[get("/account/<_name>", rank = 1)]
fn shadow(_name: &str) -> &'static str {
    "public"
}

#[requires_auth]
#[get("/account/<_name>", rank = 2)]
fn shadowed(_name: &str) {}

#[tokio::test]
async fn a_route_that_a_public_one_hides_is_caught() {
    let objection = objection(|rocket| rocket.mount("/", routes![shadow, shadowed])).await;
    assert!(
        objection
            .unwrap()
            .contains("/account/<_name> with no token: expected 401")
    );
}

#[tokio::test]
async fn an_application_without_the_fairing_is_caught() {
    let rocket = rocket::custom(crate::support::quiet()).mount("/", routes![ping]);
    let client = rocket::local::asynchronous::Client::untracked(rocket)
        .await
        .unwrap();
    let issuer = auth_runtime::issuer::LocalIssuer::start("https://api.test")
        .await
        .unwrap();
    let proof = tokio::spawn(async move { assert_refusals(&client, &issuer).await });
    assert!(proof.await.unwrap_err().is_panic());
}

#[requires_scope("first")]
#[get("/ranked/<_id>", rank = 1)]
fn numbered(_id: u64) {}

#[requires_scope("second")]
#[get("/ranked/<_id>", rank = 2)]
fn named(_id: &str) {}

#[requires_scope("second")]
#[get("/ranked/<_id>", rank = 3)]
fn never_reached(_id: &str) {}

#[requires_scope("third")]
#[get("/ranked/<_id>", rank = 4)]
fn behind(_id: &str) {}

#[tokio::test]
async fn a_route_behind_another_is_tested_by_a_request_that_reaches_it() {
    let objection = objection(|rocket| rocket.mount("/", routes![numbered, named, never_reached]));
    assert_eq!(objection.await, None);
}

#[tokio::test]
async fn a_route_that_is_shadowed_by_another_policy_is_named() {
    let objection = objection(|rocket| rocket.mount("/", routes![named, behind])).await;
    assert_eq!(
        objection.as_deref(),
        Some(
            "not refused as documented:\n\
             GET /ranked/<_id> with a token without requires_scope(\"third\"): expected 403 \
             Unauthorized, got 200; GET /ranked/<_id> (rank 2) comes before it"
        )
    );
}

#[requires_claim(sub = "<id>")]
#[requires_scope("a")]
#[get("/owned/<id>")]
fn owned(id: u64) -> String {
    id.to_string()
}

#[tokio::test]
async fn ownership_by_a_parameter_of_another_type_is_tested() {
    assert_eq!(
        objection(|rocket| rocket.mount("/", routes![owned])).await,
        None
    );
}

#[requires_auth(sender_constrained)]
#[requires_scope("pay")]
#[post("/payments")]
fn payments() {}

/// What `assert_refusals` says of an application with this value of `dpop`.
async fn objection_with(
    keys: impl IntoIterator<Item = (&str, Value)>,
    build: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
) -> Option<String> {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let mut figment = crate::support::quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()))
        .merge(("auth.public_url", "https://api.test/v1"));
    for (key, value) in keys {
        figment = figment.merge((format!("auth.{key}"), value));
    }
    let rocket = rocket::custom(figment).attach(Auth::fairing());
    let client = Client::untracked(build(rocket)).await.unwrap();
    let proof = tokio::spawn(async move { assert_refusals(&client, &issuer).await });
    let panic = proof.await.err()?.into_panic();
    Some(*panic.downcast::<String>().unwrap())
}

#[tokio::test]
async fn routes_that_refuse_bound_tokens_without_their_proof_pass_the_proof() {
    for keys in [
        vec![("dpop", json!("allow"))],
        vec![("dpop", json!("require"))],
        vec![("dpop", json!("require")), ("dpop_nonce", json!(true))],
    ] {
        let routes = routes![me, granted, user, account, till, payments];
        let objection = objection_with(keys, |rocket| rocket.mount("/", routes)).await;
        assert_eq!(objection, None);
    }
}

#[tokio::test]
async fn a_route_that_takes_bound_tokens_without_their_proof_is_caught() {
    for dpop in ["allow", "require"] {
        let objection = objection_with([("dpop", json!(dpop))], |rocket| {
            rocket.mount("/", routes![unguarded])
        });
        let objection = objection.await.unwrap();
        for attempt in [
            "a bound token sent as a bearer token",
            "a bound token without a proof",
            "a bound token with a proof that was used before",
            "a bound token with the proof of another key",
        ] {
            let line = format!("GET /unguarded with {attempt}: expected 401");
            assert!(objection.contains(&line), "{line} of {objection}");
        }
    }
}

/// A route whose guard does not require the bound token that its policy names.
#[get("/payments")]
fn unconstrained(_proof: auth_runtime::Authorized<paid>) {}

impl Protected for unconstrained {
    const POLICY: Policy = payments::POLICY;
    const SEAL: Seal<Self> = Seal::new();
}

#[requires_scope("pay")]
#[get("/paid")]
fn paid() {}

#[tokio::test]
async fn a_sender_constrained_route_that_takes_an_unbound_token_is_caught() {
    let objection = objection_with([("dpop", json!("allow"))], |rocket| {
        rocket.mount("/", routes![unconstrained, paid, payments])
    });
    assert_eq!(
        objection.await.as_deref(),
        Some(
            "not refused as documented:\n\
             GET /payments with a token without requires_auth(sender_constrained): expected 401 \
             unbound_token, got 200"
        )
    );
}
