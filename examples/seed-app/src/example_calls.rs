//! If a local issuer is running, prints a warning and the commands that get a token and call each
//! route.

use std::net::SocketAddr;

use auth_runtime::issuer::LocalIssuer;
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::Method;
use rocket::{Orbit, Rocket};

use crate::routes;

const BANNER: &str = "
######################################################################
#                                                                    #
#   ANYONE CAN GET A TOKEN                                           #
#                                                                    #
#   No issuer is configured, so a local issuer is running. It gives  #
#   a token with any scope to anyone who can connect to it.          #
#                                                                    #
######################################################################";

pub(crate) fn fairing() -> impl Fairing {
    AdHoc::on_liftoff("Example calls", |rocket| {
        Box::pin(async move {
            if let Some(issuer) = rocket.state::<LocalIssuer>() {
                println!("{BANNER}");
                print_commands(rocket, issuer);
            }
        })
    })
}

fn print_commands(rocket: &Rocket<Orbit>, issuer: &LocalIssuer) {
    let config = rocket.config();
    let scheme = if config.tls_enabled() {
        "https"
    } else {
        "http"
    };
    let api = format!(
        "{scheme}://{}",
        SocketAddr::new(config.address, config.port)
    );
    println!("\nTo get a token:\n");
    println!(
        "TOKEN=$(curl -s {}oauth/token -d grant_type=client_credentials -d audience={} \
         -d scope=\"read:messages read:metrics revoke:tokens example:scope\" | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')",
        issuer.url(),
        issuer.audience(),
    );
    println!("\nTo call the API:\n");
    let routes = routes::all();
    let mut calls: Vec<_> = routes
        .iter()
        .map(|route| (route.uri.path(), arguments(route.method)))
        .collect();
    calls.push(("/openapi.json", ""));
    calls.sort_unstable();
    for (path, arguments) in calls {
        println!("curl -i {api}{path} -H \"Authorization: Bearer $TOKEN\"{arguments}");
    }
    println!("\nTo do both in a browser: {api}/\n");
}

/// Returns what a call needs beside its path. The only route with a body revokes a user's tokens.
fn arguments(method: Method) -> &'static str {
    match method {
        Method::Post => " -H 'Content-Type: application/json' -d '{\"sub\":\"ann\"}'",
        _ => "",
    }
}
