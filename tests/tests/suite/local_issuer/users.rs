//! Its users, and what their tokens may do.

use auth_runtime::issuer::{LocalClient, LocalIssuer, LocalUser, StartError};
use auth_runtime::testing::BearerExt;
use auth_runtime::{
    AccessToken, Auth, Claims, requires_auth, requires_role, requires_scope, routes,
};
use rocket::figment::providers::{Format, Toml};
use rocket::get;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::serde::json::Json;
use serde_json::{Value, json};

use super::{Server, claims_of};
use crate::support::*;

#[requires_auth]
#[get("/me")]
fn me(token: &AccessToken) -> Json<&Claims> {
    Json(token.claims())
}

#[requires_scope("read:messages")]
#[get("/messages")]
fn messages() {}

#[requires_scope("write:messages")]
#[get("/drafts")]
fn drafts() {}

#[requires_role("admin")]
#[get("/admin")]
fn admin() {}

/// An application in the profile `debug`, with this Rocket.toml.
async fn client(toml: &str) -> Client {
    let figment = quiet().merge(Toml::string(toml).nested());
    let auth = Auth::builder().or_local_issuer(LocalIssuer::builder("https://api.test"));
    let rocket = rocket::custom(figment)
        .attach(auth.fairing())
        .mount("/", routes![me, messages, drafts, admin]);
    Client::untracked(rocket).await.unwrap()
}

fn issuer(client: &Client) -> &LocalIssuer {
    client.rocket().state().unwrap()
}

async fn statuses(client: &Client, user: &str) -> [u16; 4] {
    let token = issuer(client).token_for(user).unwrap().mint();
    let mut statuses = [0; 4];
    for (status, path) in statuses
        .iter_mut()
        .zip(["/me", "/messages", "/drafts", "/admin"])
    {
        let response = client.get(path).bearer(&token).dispatch().await;
        *status = response.status().code;
    }
    statuses
}

#[rocket::async_test]
async fn the_default_users_may_do_everything_only_read_and_do_nothing() {
    let client = client("").await;
    let users = issuer(&client).users().iter();
    assert_eq!(
        users.map(LocalUser::subject).collect::<Vec<_>>(),
        ["ann", "ben", "cleo"]
    );
    assert_eq!(statuses(&client, "ann").await, [200, 200, 200, 200]);
    assert_eq!(statuses(&client, "ben").await, [200, 200, 403, 403]);
    assert_eq!(statuses(&client, "cleo").await, [200, 403, 403, 403]);
    assert!(issuer(&client).token_for("dora").is_none());
}

#[rocket::async_test]
async fn a_configured_user_has_its_claims_where_the_api_reads_them() {
    let client = client(
        "[default.auth]
        roles_claim = '/realm/roles'
        [[debug.auth.local.users]]
        sub = 'dora'
        scope = 'read:messages'
        roles = ['admin']
        claims = { org = 'acme', realm = { id = 1 } }",
    )
    .await;
    assert_eq!(statuses(&client, "dora").await, [200, 200, 403, 200]);
    let token = issuer(&client).token_for("dora").unwrap().mint();
    let response = client.get("/me").bearer(&token).dispatch().await;
    assert_eq!(response.status(), Status::Ok);
    let claims: Value = response.into_json().await.unwrap();
    assert_eq!(claims["sub"], "dora");
    assert_eq!(claims["org"], "acme");
    assert_eq!(claims["realm"], json!({ "id": 1, "roles": ["admin"] }));
    // A request replaces the roles and nothing beside them.
    let form = "grant_type=client_credentials&sub=dora&roles=guest";
    let request = http_client();
    let request = request.post(format!("{}oauth/token", issuer(&client).url()));
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let reply = Reply::read(request.body(form).send().await.unwrap()).await;
    let claims = claims_of(reply.json()["access_token"].as_str().unwrap());
    assert_eq!(claims["realm"], json!({ "id": 1, "roles": ["guest"] }));
    assert!(issuer(&client).token_for("ann").is_none());
}

#[rocket::async_test]
async fn scopes_are_where_the_api_reads_them() {
    for (claims, place) in [
        ("'scp'", "/scp"),
        (
            "['https://api.test/scope', 'other']",
            "/https:~1~1api.test~1scope",
        ),
        ("['/realm/scopes']", "/realm/scopes"),
    ] {
        let client = client(&format!("[default.auth]\nscope_claims = {claims}")).await;
        assert_eq!(statuses(&client, "ben").await, [200, 200, 403, 403]);
        let token = issuer(&client).token().scope("read:messages").mint();
        assert_eq!(
            claims_of(&token).pointer(place),
            Some(&json!("read:messages"))
        );
        let response = client.get("/messages").bearer(&token).dispatch().await;
        assert_eq!(response.status(), Status::Ok, "{claims}");
    }
    // Nothing is added where the API reads `scope` as well.
    let client = client("[default.auth]\nscope_claims = ['scp', 'scope']").await;
    let token = issuer(&client).token().scope("read:messages").mint();
    assert_eq!(claims_of(&token)["scp"], Value::Null);
    let response = client.get("/messages").bearer(&token).dispatch().await;
    assert_eq!(response.status(), Status::Ok);
}

#[rocket::async_test]
async fn a_mistake_in_the_table_stops_the_launch() {
    for toml in [
        "[debug.auth.local]\nuser = 1",
        "[[debug.auth.local.users]]\nsub = 'a'\nclaims = { iss = 'x' }",
        // The issuer does not start if anything else is wrong.
        "[debug.auth]\nleway = 1",
    ] {
        let figment = quiet().merge(Toml::string(toml).nested());
        let auth = Auth::builder().or_local_issuer(LocalIssuer::builder("https://api.test"));
        let rocket = rocket::custom(figment).attach(auth.fairing());
        assert_eq!(
            launch_error(rocket).await,
            Some(Refused::ByFairing),
            "{toml}"
        );
    }
}

#[rocket::async_test]
async fn a_table_without_an_issuer_that_reads_it_stops_the_launch() {
    let figment = quiet().merge(Toml::string("[debug.auth.local]").nested());
    let rocket = rocket::custom(figment).attach(Auth::fairing());
    assert_eq!(launch_error(rocket).await, Some(Refused::ByFairing));
}

#[rocket::async_test]
async fn a_user_or_a_client_that_cannot_exist_keeps_the_issuer_from_starting() {
    let start = |user: LocalUser, client: LocalClient| {
        let issuer = LocalIssuer::builder("https://api.test").users([user.clone(), user]);
        issuer.clients([client]).start()
    };
    let (dora, app) = (LocalUser::new("dora"), LocalClient::new("app"));
    let error = start(dora.clone(), app.clone()).await.unwrap_err();
    assert_eq!(error.to_string(), "`dora` occurs twice");
    let error = start(dora.clone().with_claim("cnf", 1), app)
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::User(_)), "{error}");
    let issuer = LocalIssuer::builder("https://api.test").users([dora]);
    let app = LocalClient::new("app").with_redirect_uris(["nowhere"]);
    let error = issuer.clients([app]).start().await.unwrap_err();
    assert!(matches!(error, StartError::Client(_)), "{error}");
}

#[rocket::async_test]
async fn a_token_names_the_client_that_asked_for_it() {
    let server = Server::start().await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "nightly-job"),
    ];
    let reply = server.token(&form).await;
    let claims = claims_of(reply.json()["access_token"].as_str().unwrap());
    assert_eq!(claims["client_id"], "nightly-job");
    assert_eq!(claims["azp"], "nightly-job");
    assert_eq!(claims["sub"], "nightly-job@clients");
}
