use auth_runtime::routes;
use rocket::catch;

#[catch(404)]
fn not_found() {}

fn main() {
    let _ = routes![not_found];
}
