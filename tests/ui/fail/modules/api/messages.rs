use rocket::get;

#[get("/messages")]
pub fn list() -> &'static str {
    "secret"
}
