use auth_runtime::requires_claim;

#[requires_claim(sub = "<user_id>", not_found)]
mod messages {
    use rocket::get;

    #[get("/users/<user_id>")]
    pub fn one(user_id: u8) {
        let _ = user_id;
    }

    #[get("/users")]
    //~^ ERROR the route has no parameter `<user_id>`, but its module requires `sub = "<user_id>"`
    //~| HELP its path has no parameters; add `<user_id>` to it
    pub fn all() {}

    #[get("/orgs/<id>")]
    //~^ ERROR the route has no parameter `<user_id>`, but its module requires `sub = "<user_id>"`
    //~| HELP the parameters of its path are: `<id>`
    pub fn org(id: u8) {
        let _ = id;
    }

    #[get("/search?<user_id>")]
    //~^ ERROR `<user_id>` is in the query of the route, not in its path, but its module requires `sub = "<user_id>"`
    //~| HELP move it to the path: a caller could leave it out of the query, and then there would be nothing to compare the claim with
    pub fn search(user_id: u8) {
        let _ = user_id;
    }

    #[get("/files/<user_id..>")]
    //~^ ERROR `<user_id..>` matches any number of segments, but a claim is one value
    //~| HELP compare the claim with a parameter of one segment, such as `<user_id>`
    pub fn files(user_id: std::path::PathBuf) {
        let _ = user_id;
    }
}

fn main() {}
