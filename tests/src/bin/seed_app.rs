//! The seed app as a process of its own, for the tests that start one.

#[rocket::launch]
fn rocket() -> _ {
    seed_app::rocket()
}
