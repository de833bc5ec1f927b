//! Tests routes without a policy: those of Rocket's own `routes!`, of file servers and of fairings.

use auth_runtime::{
    Auth, AuthBuilder, Policies, RoutePolicy, UndeclaredRoutes, public, requires_auth, routes,
};
use rocket::fairing::AdHoc;
use rocket::fs::FileServer;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
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

#[requires_auth]
#[get("/guarded")]
fn guarded() {}

/// Mounts handlers that differ only in the blocks around them.
fn in_two_blocks() -> Vec<rocket::Route> {
    let mut routes = {
        #[public]
        #[get("/same")]
        fn same() {}
        routes![same]
    };
    routes.extend({
        #[requires_auth]
        #[get("/other")]
        fn same() {}
        routes![same]
    });
    routes
}

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
        .mount("/base", rocket::routes![plain, guarded])
        .mount("/first", in_two_blocks())
        .mount("/files", FileServer::from(env!("CARGO_MANIFEST_DIR")))
}

#[tokio::test]
async fn undeclared_routes_are_listed() {
    let rocket = undeclared("deny");
    let policies = Policies::of(&rocket);
    let uris: Vec<_> = policies.undeclared().map(RoutePolicy::uri).collect();
    let expected = [
        "/base/guarded",
        "/base/plain",
        "/files/<path..>",
        "/first/other",
        "/first/same",
    ];
    assert_eq!(uris, expected);
}

#[tokio::test]
async fn deny_stops_the_launch() {
    assert_eq!(
        launch_error(undeclared("deny")).await,
        Some(Refused::BySentinel)
    );
    let one = declared("deny").mount("/", rocket::routes![plain]);
    assert_eq!(launch_error(one).await, Some(Refused::BySentinel));
}

#[tokio::test]
async fn routes_of_other_crates_can_be_declared_public_by_their_uris() {
    let auth = auth("deny")
        .public_route("/files/<path..>")
        // Its own policy applies.
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
async fn declaring_a_uri_public_does_not_cover_other_methods() {
    let auth = auth("deny").public_route("/plain");
    let rocket = rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/", rocket::routes![plain, plain_put]);
    assert_eq!(launch_error(rocket).await, Some(Refused::BySentinel));
}

#[tokio::test]
async fn declaring_a_uri_public_does_not_cover_other_routes() {
    let auth = auth("deny")
        .public_route("/base")
        .public_route("/base/<path..>");
    let rocket = rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/base", rocket::routes![plain]);
    assert_eq!(launch_error(rocket).await, Some(Refused::BySentinel));
}

#[tokio::test]
async fn deny_launches_if_every_route_has_a_policy() {
    assert_eq!(launch_error(declared("deny")).await, None);
}

#[tokio::test]
async fn allow_and_warn_launch() {
    for choice in ["allow", "warn"] {
        assert_eq!(launch_error(undeclared(choice)).await, None, "{choice}");
    }
}

#[tokio::test]
async fn a_route_with_an_attribute_that_rockets_macro_mounts_is_undeclared() {
    let rocket = declared("deny").mount("/", rocket::routes![private]);
    assert_eq!(launch_error(rocket).await, Some(Refused::BySentinel));
}

#[tokio::test]
async fn a_route_that_rockets_macro_mounts_keeps_its_guard() {
    let seed = api_with(
        |auth| auth.undeclared_routes(UndeclaredRoutes::Warn),
        |rocket| rocket.mount("/", rocket::routes![private]),
    )
    .await;
    let refused = seed.app.get("/private").send().await;
    refused.expect(&AUTHORIZATION_MISSING);
}

fn late() -> impl rocket::fairing::Fairing {
    AdHoc::on_ignite("Late", |rocket| async {
        rocket.mount("/late", rocket::routes![plain])
    })
}

#[tokio::test]
async fn deny_finds_routes_that_later_fairings_mount() {
    let rocket = declared("deny").attach(late());
    assert_eq!(launch_error(rocket).await, Some(Refused::BySentinel));
}

#[tokio::test]
async fn without_a_protected_route_every_request_is_answered_with_503() {
    let rocket = rocket::custom(quiet())
        .attach(auth("deny").fairing())
        .mount("/api", routes![open])
        .attach(late());
    let client = Client::untracked(rocket)
        .await
        .expect("no sentinel stops it");
    for request in [
        client.get("/late/plain"),
        client.get("/api/open"),
        client.head("/api/open"),
        client.post("/missing"),
    ] {
        assert_eq!(
            request.dispatch().await.status(),
            Status::ServiceUnavailable
        );
    }
}

#[tokio::test]
async fn without_a_protected_route_a_complete_application_serves() {
    let rocket = rocket::custom(quiet())
        .attach(auth("deny").fairing())
        .mount("/api", routes![open]);
    let client = Client::untracked(rocket).await.expect("it launches");
    let status = async |uri| client.get(uri).dispatch().await.status();
    assert_eq!(status("/api/open").await, Status::Ok);
    assert_eq!(
        status("/auth-runtime/undeclared-routes").await,
        Status::NotFound
    );
    assert_eq!(Policies::of(client.rocket()).iter().count(), 1);
}

#[tokio::test]
async fn deny_is_the_default() {
    let auth = Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test");
    let rocket = rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/", rocket::routes![plain]);
    assert_eq!(launch_error(rocket).await, Some(Refused::BySentinel));
}

#[test]
#[ignore = "run by the tests below it, as a process"]
fn launches() {
    let choice = std::env::var("UNDECLARED_ROUTES").unwrap();
    let rocket = undeclared(&choice).configure(quiet().merge(("log_level", "normal")));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        if choice == "deny" {
            assert_eq!(launch_error(rocket).await, Some(Refused::BySentinel));
        } else {
            drop(App::launch(rocket).await);
        }
    });
}

/// Returns the output of a launch with both kinds of routes.
fn log(choice: &str) -> String {
    let test = "policies::undeclared_routes::launches";
    process::run(test, &[("UNDECLARED_ROUTES", choice)])
}

#[test]
fn deny_logs_undeclared_routes() {
    let log = log("deny");
    for line in [
        "Every route must declare who may call it, and `undeclared_routes` is \"deny\".",
        "GET /base/plain (plain): it was mounted by Rocket's `routes!`: write `use auth_runtime::routes;`",
        "GET /base/guarded (guarded): an attribute guards it, but it was mounted by Rocket's `routes!`",
        "GET /files/<path..> (FileServer: ): it was made by a library or mounted by a fairing: write \
         `protect![ #![requires_auth] … ]` around what you mount, or \
         `.public_route(\"/files/<path..>\")` if anyone may call it",
        "GET /first/same (suite::policies::undeclared_routes::in_two_blocks::same): its policy is ambiguous",
    ] {
        assert!(log.contains(line), "{line}\nis not in\n{log}");
    }
    assert!(!log.contains("/api/open ("), "{log}");
}

#[test]
fn warn_logs_undeclared_routes() {
    let log = log("warn");
    let (_, warning) = log
        .split_once("5 routes do not declare who may call them, and anyone can call 4 of them")
        .expect("there is a warning");
    for route in [
        "GET /base/plain (plain): it was mounted by Rocket's `routes!`",
        "GET /base/guarded (guarded): an attribute guards it",
        "GET /files/<path..> (FileServer",
    ] {
        assert!(warning.contains(route), "{route}\nis not in\n{warning}");
    }
    assert!(!warning.contains("/api/"), "{warning}");
}

#[test]
fn allow_does_not_log_undeclared_routes() {
    let log = log("allow");
    assert!(!log.contains("declare who may call"), "{log}");
    // They are in the table nevertheless.
    assert!(log.contains("GET /base/plain (plain): undeclared"), "{log}");
}
