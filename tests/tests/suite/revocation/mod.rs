//! Tests tokens that are revoked before they expire.

mod admin;
mod cluster;
mod examples;
mod lifetime;
mod logout;
mod long_connections;
mod networks;
mod open_streams;
mod processes;
mod scope_of_a_revocation;
mod security_events;
mod shared;
mod shared_secret;

use rocket::figment::value::Value;
use serde_json::Value as Json;

use crate::support::*;

/// Launches the seed app with revocation and these additional keys of the table `auth`.
async fn seed_with_revocation<const N: usize>(keys: [(&str, Value); N]) -> Seed {
    let mut all = vec![("revocation", Value::from(true))];
    all.extend(keys);
    seed_with_keys(all).await
}

/// Revokes with a token that may do so.
async fn revoke(seed: &Seed, body: &str) -> Reply {
    let token = seed.token().scope("revoke:tokens").subject("admin").mint();
    post_revocation(seed, &token, "application/json", body).await
}

async fn post_revocation(seed: &Seed, token: &str, content_type: &str, body: &str) -> Reply {
    let request = seed
        .app
        .request(reqwest::Method::POST, "/admin/revocations");
    let request = request.bearer(token).header("Content-Type", content_type);
    request.body(body.to_owned()).send().await
}

/// Asks the local issuer to send a signal, with this form, and returns its answer.
async fn signal_from_local_issuer(seed: &Seed, path: &str, form: String) -> Json {
    let client = http_client();
    let request = client
        .post(format!("{}{path}", seed.issuer.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&answer).unwrap()
}
