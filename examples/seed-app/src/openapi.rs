//! The description of this API: `GET /openapi.json`.

use std::sync::OnceLock;

use auth_runtime::{Policies, public, routes};
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::{ContentType, Status};
use rocket::{State, get};

/// The document, which is known once every route is mounted.
#[derive(Default)]
struct Document(OnceLock<String>);

pub(crate) fn fairing() -> impl Fairing {
    AdHoc::on_ignite("OpenAPI", |rocket| async {
        let rocket = rocket
            .manage(Document::default())
            .mount("/", routes![document]);
        rocket.attach(AdHoc::on_liftoff("OpenAPI document", |rocket| {
            Box::pin(async move {
                if let Some(Document(document)) = rocket.state() {
                    let openapi = Policies::of(rocket).openapi();
                    let text = openapi.document("Seed app", env!("CARGO_PKG_VERSION"));
                    // There is one liftoff.
                    let _ = document.set(text.to_string());
                }
            })
        }))
    })
}

#[public]
#[get("/openapi.json")]
fn document(document: &State<Document>) -> Result<(ContentType, &str), Status> {
    let text = document.0.get().ok_or(Status::ServiceUnavailable)?;
    Ok((ContentType::JSON, text))
}
