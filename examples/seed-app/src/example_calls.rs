//! If a local issuer is running, prints a warning and the commands that get a token and call each
//! route.

use std::net::SocketAddr;

use auth_runtime::issuer::LocalIssuer;
use rocket::fairing::{AdHoc, Fairing};
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

/// The route that answers as long as its token is good. A call of it comes last, so that all calls can be
/// pasted together.
const EVENTS: &str = "/api/events";

/// The route with a body.
const REVOCATIONS: &str = "/admin/revocations";

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
    let call = |path: &str, arguments: &str| {
        println!("curl -i {api}{path} -H \"Authorization: Bearer $TOKEN\"{arguments}");
    };
    println!("\nTo call the API:\n");
    let routes = routes::all();
    let paths = routes.iter().map(|route| route.uri.path());
    let mut paths: Vec<_> = paths
        .filter(|path| ![EVENTS, REVOCATIONS].contains(path))
        .chain(["/openapi.json"])
        .collect();
    paths.sort_unstable();
    for path in paths {
        call(path, "");
    }
    println!("\nTo revoke the tokens of a user, which is a 404 unless revocation is on:\n");
    call(
        REVOCATIONS,
        " -H 'Content-Type: application/json' -d '{\"sub\":\"ann\"}'",
    );
    println!("\nTo follow events until you press Ctrl-C:\n");
    call(EVENTS, "");
    println!("\nTo get a token and call the API in a browser: {api}/\n");
}
