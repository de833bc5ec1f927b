//! Routes without a policy: those of Rocket's own `routes!`, of file servers, of fairings.

use std::time::Duration;

use auth_runtime::{Auth, AuthBuilder, Policies, RoutePolicy, public, requires_auth, routes};
use rocket::fairing::AdHoc;
use rocket::fs::FileServer;
use rocket::{Build, Rocket, get, put};

use super::process;
use crate::support::*;

#[public]
#[get("/open")]
fn open() {}

#[requires_auth]
#[get("/private")]
fn private() {}

#[get("/plain")]
fn plain() {}

fn auth(undeclared_routes: &str) -> AuthBuilder {
    Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test")
        .with("undeclared_routes", undeclared_routes)
}

fn declared(undeclared_routes: &str) -> Rocket<Build> {
    rocket::custom(quiet())
        .attach(auth(undeclared_routes).fairing())
        .mount("/api", routes![open, private])
}

fn undeclared(undeclared_routes: &str) -> Rocket<Build> {
    declared(undeclared_routes)
        .mount("/base", rocket::routes![plain])
        .mount("/files", FileServer::from(env!("CARGO_MANIFEST_DIR")))
}

#[tokio::test]
async fn they_are_listed() {
    let rocket = undeclared("deny");
    let policies = Policies::of(&rocket);
    let uris: Vec<_> = policies.undeclared().map(RoutePolicy::uri).collect();
    assert_eq!(uris, ["/base/plain", "/files/<path..>"]);
}

#[tokio::test]
async fn deny_stops_the_launch() {
    assert_eq!(
        launch_error(undeclared("deny")).await,
        Some(Refused::ByFairing)
    );
    let one = declared("deny").mount("/", rocket::routes![plain]);
    assert_eq!(launch_error(one).await, Some(Refused::ByFairing));
}

#[tokio::test]
async fn routes_of_others_can_be_declared_public_by_their_uris() {
    let auth = auth("deny")
        .public_route("/files/<path..>")
        // Its own policy holds.
        .public_route("/api/private");
    let rocket = rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/api", routes![private])
        .mount("/files", FileServer::from(env!("CARGO_MANIFEST_DIR")));
    let rocket = rocket.ignite().await.expect("nothing is undeclared");
    let policies: Vec<_> = Policies::of(&rocket)
        .iter()
        .map(|route| format!("{route}: {}", route.policy_text()))
        .collect();
    assert_eq!(
        policies,
        [
            "GET /api/private: requires_auth",
            "GET /files/<path..>: public"
        ]
    );
}

#[put("/plain")]
fn plain_put() {}

#[tokio::test]
async fn a_uri_covers_no_other_method() {
    let auth = auth("deny").public_route("/plain");
    let rocket = rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/", rocket::routes![plain, plain_put]);
    assert_eq!(launch_error(rocket).await, Some(Refused::ByFairing));
}

#[tokio::test]
async fn a_uri_covers_no_other_route() {
    let auth = auth("deny")
        .public_route("/base")
        .public_route("/base/<path..>");
    let rocket = rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/base", rocket::routes![plain]);
    assert_eq!(launch_error(rocket).await, Some(Refused::ByFairing));
}

#[tokio::test]
async fn deny_launches_where_every_route_has_a_policy() {
    assert_eq!(launch_error(declared("deny")).await, None);
}

#[tokio::test]
async fn allow_and_warn_launch() {
    for choice in ["allow", "warn"] {
        assert_eq!(launch_error(undeclared(choice)).await, None, "{choice}");
    }
}

#[tokio::test]
async fn a_route_of_ours_that_is_mounted_by_rockets_own_macro_is_undeclared() {
    let rocket = declared("deny").mount("/", rocket::routes![private]);
    assert_eq!(launch_error(rocket).await, Some(Refused::ByFairing));
}

#[tokio::test]
async fn it_keeps_its_guard() {
    let seed = api(rocket::routes![private]).await;
    let refused = seed.app.get("/private").send().await;
    refused.expect(&AUTHORIZATION_MISSING);
}

#[tokio::test]
async fn deny_finds_what_later_fairings_mount() {
    let late = AdHoc::on_ignite("Late", |rocket| async {
        rocket.mount("/late", rocket::routes![plain])
    });
    let launch = declared("deny").attach(late).launch();
    let ended = tokio::time::timeout(Duration::from_secs(60), launch).await;
    assert!(ended.is_ok(), "it goes on serving");
}

#[test]
#[ignore = "run by the tests below it, as a process"]
fn launches() {
    let choice = std::env::var("UNDECLARED_ROUTES").unwrap();
    let rocket = undeclared(&choice).configure(quiet().merge(("log_level", "normal")));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        if choice == "deny" {
            assert_eq!(launch_error(rocket).await, Some(Refused::ByFairing));
        } else {
            drop(App::launch(rocket).await);
        }
    });
}

/// What the launch of both kinds of routes writes.
fn log(choice: &str) -> String {
    let test = "policies::undeclared_routes::launches";
    process::run(test, &[("UNDECLARED_ROUTES", choice)])
}

#[test]
fn deny_names_them() {
    let log = log("deny");
    for line in [
        r#"GET /base/plain (plain) has no policy, and `undeclared_routes` is "deny""#,
        "GET /files/<path..> (FileServer",
        "mount it by `auth_runtime::routes!`",
    ] {
        assert!(log.contains(line), "{line}\nis not in\n{log}");
    }
    assert!(!log.contains("/api/open ("), "{log}");
}

#[test]
fn warn_names_them() {
    let log = log("warn");
    let (_, warning) = log
        .split_once("These routes were not mounted by `auth_runtime::routes!`")
        .expect("there is a warning");
    for route in ["GET /base/plain (plain)", "GET /files/<path..> (FileServer"] {
        assert!(warning.contains(route), "{route}\nis not in\n{warning}");
    }
    assert!(!warning.contains("/api/"), "{warning}");
}

#[test]
fn allow_does_not_warn_of_them() {
    let log = log("allow");
    assert!(!log.contains("not mounted by"), "{log}");
    // The table has them all the same.
    assert!(log.contains("GET /base/plain (plain): undeclared"), "{log}");
}
