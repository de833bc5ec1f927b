//! Serves the API.

#[rocket::launch]
fn rocket() -> _ {
    seed_app::rocket()
}
