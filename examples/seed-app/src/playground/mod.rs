//! The playground at `/`: a page to get tokens, see them decoded and call the routes with them. To
//! be without it, delete this folder and its two lines in `lib.rs`.

use std::net::IpAddr;
use std::time::Duration;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{Policies, public, routes};
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::{ContentType, Header};
use rocket::serde::{Deserialize, Serialize, json::Json};
use rocket::{Responder, State, get, post};

use crate::scopes;

/// Nothing from elsewhere, nothing inline, and calls to this API alone.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// To be attached after `Auth`, whose local issuer mints the page's tokens. With another issuer
/// there is no route that hands out any.
pub(crate) fn fairing() -> impl Fairing {
    AdHoc::on_ignite("Playground", |rocket| async {
        let mut rocket = rocket.mount("/", routes![page, script, style, icon, about]);
        // The issuer listens on the loopback alone, and this is not to be a way around it.
        let is_local = rocket
            .figment()
            .extract_inner::<IpAddr>("address")
            .is_ok_and(|address| address.is_loopback());
        let issuer = rocket.state::<LocalIssuer>().filter(|_| is_local).cloned();
        if issuer.is_some() {
            rocket = rocket.mount("/", routes![token]);
        }
        let about = About {
            local_issuer: issuer.map(|issuer| Issuer {
                url: issuer.url().to_owned(),
                audience: issuer.audience().to_owned(),
            }),
            scopes: scopes::ALL,
            routes: Policies::of(&rocket),
        };
        rocket.manage(about)
    })
}

#[derive(Responder)]
#[response(content_type = "html")]
struct Page(&'static str, Header<'static>);

#[public]
#[get("/")]
fn page() -> Page {
    let policy = Header::new("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    Page(include_str!("playground.html"), policy)
}

#[public]
#[get("/playground.js")]
fn script() -> (ContentType, &'static str) {
    (ContentType::JavaScript, include_str!("playground.js"))
}

#[public]
#[get("/playground.css")]
fn style() -> (ContentType, &'static str) {
    (ContentType::CSS, include_str!("playground.css"))
}

#[public]
#[get("/playground.svg")]
fn icon() -> (ContentType, &'static str) {
    (ContentType::SVG, include_str!("playground.svg"))
}

/// What the page shows.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct About {
    /// `null` where tokens come from elsewhere.
    local_issuer: Option<Issuer>,
    scopes: &'static [&'static str],
    routes: Policies,
}

#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct Issuer {
    url: String,
    audience: String,
}

#[public]
#[get("/playground/about.json")]
fn about(about: &State<About>) -> Json<&About> {
    Json(about.inner())
}

/// A token to be minted.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Order {
    subject: String,
    scopes: Vec<String>,
    /// In seconds.
    lifetime: u64,
    wrong: Option<Wrong>,
}

/// What is to be wrong with it.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde", rename_all = "snake_case")]
enum Wrong {
    Expired,
    OtherAudience,
    OtherIssuer,
    OtherKey,
    UnknownKey,
    Tampered,
}

#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct Minted {
    access_token: String,
}

#[public]
#[post("/playground/token", data = "<order>")]
fn token(order: Json<Order>, issuer: &State<LocalIssuer>) -> Json<Minted> {
    let order = order.into_inner();
    let token = issuer
        .token()
        .subject(order.subject)
        .scope(order.scopes.join(" "))
        .lifetime(Duration::from_secs(order.lifetime));
    let token = match order.wrong {
        None => token,
        Some(Wrong::Expired) => token.expired(),
        Some(Wrong::OtherAudience) => token.other_audience(),
        Some(Wrong::OtherIssuer) => token.other_issuer(),
        Some(Wrong::OtherKey) => token.other_key(),
        Some(Wrong::UnknownKey) => token.unknown_key(),
        Some(Wrong::Tampered) => token.tampered(),
    };
    Json(Minted {
        access_token: token.mint(),
    })
}
