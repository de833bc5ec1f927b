//! The playground at `/`: a page that gets tokens, shows them decoded and calls the routes with them.
//! To remove it, delete this folder and its two lines in `lib.rs`.

use std::net::IpAddr;
use std::time::Duration;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{Policies, public, routes};
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::{ContentType, Header};
use rocket::serde::{Deserialize, Serialize, json::Json};
use rocket::{Responder, State, get, post};

use crate::scopes;

/// Allows only files of this origin, nothing inline, and calls to this API.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Returns the fairing of the page. Attach it after `Auth`, whose local issuer issues the tokens of
/// the page. If an issuer is configured, tokens are not handed out.
pub(crate) fn fairing() -> impl Fairing {
    AdHoc::on_ignite("Playground", |rocket| async {
        let mut rocket = rocket.mount("/", routes![page, script, style, icon, about]);
        // The issuer listens on a loopback address only, and this page must not bypass that.
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

/// The data that the page shows.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct About {
    /// `null` if an issuer is configured.
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

/// A request for a token.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct TokenOrder {
    subject: String,
    scopes: Vec<String>,
    /// In seconds.
    lifetime: u64,
    wrong: Option<Defect>,
}

/// A defect that the token gets on purpose.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde", rename_all = "snake_case")]
enum Defect {
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
fn token(order: Json<TokenOrder>, issuer: &State<LocalIssuer>) -> Json<Minted> {
    let order = order.into_inner();
    let token = issuer
        .token()
        .subject(order.subject)
        .scope(order.scopes.join(" "))
        .lifetime(Duration::from_secs(order.lifetime));
    let token = match order.wrong {
        None => token,
        Some(Defect::Expired) => token.expired(),
        Some(Defect::OtherAudience) => token.other_audience(),
        Some(Defect::OtherIssuer) => token.other_issuer(),
        Some(Defect::OtherKey) => token.other_key(),
        Some(Defect::UnknownKey) => token.unknown_key(),
        Some(Defect::Tampered) => token.tampered(),
    };
    Json(Minted {
        access_token: token.mint(),
    })
}
