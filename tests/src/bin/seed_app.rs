//! The seed app, for the tests that start it as a process.

#[rocket::launch]
fn rocket() -> _ {
    seed_app::rocket()
}
