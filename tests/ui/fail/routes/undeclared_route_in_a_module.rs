use auth_runtime::routes;

mod api {
    #[rocket::get("/messages")]
    pub fn messages() -> &'static str {
        "secret"
    }
}

fn main() {
    let _ = rocket::build().mount("/", routes![api::messages]);
}
