//! Tests configurations of bound tokens that cannot work, and routes that need a bound token.

use auth_runtime::testing::DpopKey;
use auth_runtime::{
    Auth, AuthBuilder, BindingMode, Policies, RoutePolicy, UndeclaredRoutes, requires_auth, routes,
};
use reqwest::Method;
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket, Route, post};

use super::{ALGORITHMS, PUBLIC_URL, expect, url, with_proof};
use crate::support::{Refused, api_with, launch_error, quiet};

fn rocket(configure: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Rocket<Build> {
    let auth = Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test");
    rocket::custom(quiet()).attach(configure(auth).fairing())
}

#[rocket::async_test]
async fn a_configuration_that_cannot_work_stops_the_launch() {
    let refused: [fn(AuthBuilder) -> AuthBuilder; 6] = [
        |auth| auth.dpop(BindingMode::Allow),
        |auth| auth.resource_metadata(true),
        |auth| auth.public_url("http://api.example.com"),
        |auth| auth.mtls(BindingMode::Allow),
        |auth| {
            auth.mtls(BindingMode::Allow)
                .client_certificate_header("Client-Cert")
        },
        |auth| auth.store("redis://host:port"),
    ];
    for (index, configure) in refused.into_iter().enumerate() {
        let error = launch_error(rocket(configure)).await;
        assert_eq!(error, Some(Refused::ByFairing), "{index}");
    }
    let fine = rocket(|auth| {
        auth.public_url("https://api.example.com")
            .dpop(BindingMode::Require)
            .mtls(BindingMode::Require)
            .client_certificate_header("Client-Cert")
            .trusted_proxies(["10.0.0.0/8", "::1"])
    });
    assert_eq!(launch_error(fine).await, None);
}

#[requires_auth(sender_constrained)]
#[post("/transfers")]
fn transfer() {}

#[rocket::async_test]
async fn a_route_that_needs_a_bound_token_stops_the_launch_while_no_token_can_be_bound() {
    let off = rocket(|auth| auth).mount("/", routes![transfer]);
    assert_eq!(launch_error(off).await, Some(Refused::ByFairing));
    let on = rocket(|auth| {
        auth.public_url("https://api.example.com")
            .dpop(BindingMode::Allow)
    });
    let on = on.mount("/", routes![transfer]);
    let rocket = on.ignite().await.unwrap();
    let policies = Policies::of(&rocket);
    let text = policies.iter().next().map(RoutePolicy::policy_text);
    assert_eq!(text.as_deref(), Some("requires_auth(sender_constrained)"));
}

#[requires_auth]
#[post("/plain")]
fn plain() {}

/// A fairing that was attached after ours mounts it, when ours has done its part of the ignition.
#[rocket::async_test]
async fn a_route_that_needs_a_bound_token_stops_the_launch_even_if_it_is_mounted_late() {
    let late: [fn() -> Vec<Route>; 2] = [
        || routes![transfer],
        || routes![ #![requires_auth(sender_constrained)] plain ],
    ];
    for routes in late {
        for reaction in [UndeclaredRoutes::Deny, UndeclaredRoutes::Allow] {
            let with_late = |rocket: Rocket<Build>| {
                rocket.attach(AdHoc::on_ignite("Late", move |rocket| {
                    Box::pin(async move { rocket.mount("/", routes()) })
                }))
            };
            let off = with_late(rocket(|auth| auth.undeclared_routes(reaction)));
            assert_eq!(launch_error(off).await, Some(Refused::BySentinel));
            let on = rocket(|auth| {
                let auth = auth.undeclared_routes(reaction);
                auth.public_url("https://api.example.com")
                    .dpop(BindingMode::Allow)
            });
            assert_eq!(launch_error(with_late(on)).await, None);
        }
    }
}

#[rocket::async_test]
async fn a_route_that_needs_a_bound_token_refuses_unbound_tokens() {
    let seed = api_with(
        |auth| {
            auth.public_url(PUBLIC_URL)
                .dpop(BindingMode::Allow)
                .report_only(true)
        },
        |rocket| rocket.mount("/", routes![transfer]),
    );
    let seed = seed.await;
    let call = || seed.app.request(Method::POST, "/transfers");
    let reply = call().bearer(&seed.token().mint()).send().await;
    let challenge = format!(r#"DPoP error="invalid_token", algs="{ALGORITHMS}""#);
    expect(&reply, 401, "unbound_token", Some(&challenge));
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key.proof("POST", &url("/transfers"), &token).sign();
    with_proof(call(), &token, &proof)
        .send()
        .await
        .expect_success();
}

#[test]
fn debug_output_shows_only_the_thumbprint_of_a_key() {
    let key = DpopKey::generate();
    let expected = format!("DpopKey(\"{}\")", key.thumbprint());
    assert_eq!(format!("{key:?}"), expected);
}
