//! With the local issuer, shows how to get a token and call each route.

use auth_runtime::issuer::LocalIssuer;
use rocket::fairing::{AdHoc, Fairing};
use rocket::{Orbit, Rocket};

use crate::routes;

pub(crate) fn fairing() -> impl Fairing {
    AdHoc::on_liftoff("Example calls", |rocket| {
        Box::pin(async move {
            if let Some(issuer) = rocket.state::<LocalIssuer>() {
                show(rocket, issuer);
            }
        })
    })
}

fn show(rocket: &Rocket<Orbit>, issuer: &LocalIssuer) {
    let scheme = if rocket.config().tls_enabled() {
        "https"
    } else {
        "http"
    };
    let api = format!(
        "{scheme}://{}:{}",
        rocket.config().address,
        rocket.config().port
    );
    println!("\nNo issuer is configured, so a local one hands out tokens. Get one:\n");
    println!(
        "TOKEN=$(curl -s {}oauth/token -d grant_type=client_credentials -d audience={} \
         -d scope=\"read:messages example:scope\" | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')",
        issuer.url(),
        issuer.audience(),
    );
    println!("\nand call the API:\n");
    let routes = routes::all();
    let mut paths: Vec<_> = routes.iter().map(|route| route.uri.path()).collect();
    paths.sort_unstable();
    for path in paths {
        println!("curl -i {api}{path} -H \"Authorization: Bearer $TOKEN\"");
    }
    println!("\nor do both in a browser: {api}/\n");
}
