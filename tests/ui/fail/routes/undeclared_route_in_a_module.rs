use auth_runtime::routes;

mod api {
    #[rocket::get("/messages")]
    pub fn messages() -> &'static str {
        "secret"
    }
}

fn main() {
    let _ = rocket::build().mount("/", routes![api::messages]);
    //~^ ERROR the route `messages` does not declare who may call it
    //~| NOTE write one of them above the route attribute of `messages`: `#[public]` lets anyone call it
}
