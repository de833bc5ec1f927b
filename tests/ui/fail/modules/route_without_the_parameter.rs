use auth_runtime::requires_claim;

#[requires_claim(sub = "<user_id>", not_found)]
mod messages {
    use rocket::get;

    #[get("/users/<user_id>")]
    pub fn one(user_id: u8) {
        let _ = user_id;
    }

    #[get("/users")]
    pub fn all() {}

    #[get("/orgs/<id>")]
    pub fn org(id: u8) {
        let _ = id;
    }

    #[get("/search?<user_id>")]
    pub fn search(user_id: u8) {
        let _ = user_id;
    }

    #[get("/files/<user_id..>")]
    pub fn files(user_id: std::path::PathBuf) {
        let _ = user_id;
    }
}

fn main() {}
