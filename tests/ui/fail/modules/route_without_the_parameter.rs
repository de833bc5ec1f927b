use auth_runtime::requires_claim;

#[requires_claim(sub = "<user_id>", not_found)]
mod messages {
    use rocket::get;

    #[get("/users/<user_id>")]
    pub fn one(user_id: u8) {
        let _ = user_id;
    }

    #[get("/users")]
    //~^ ERROR the route has no parameter `<user_id>`, and its module requires `sub = "<user_id>"`
    //~| HELP there are no parameters in its path; write `<user_id>` there
    pub fn all() {}

    #[get("/orgs/<id>")]
    //~^ ERROR the route has no parameter `<user_id>`, and its module requires `sub = "<user_id>"`
    //~| HELP the parameters in its path: `<id>`
    pub fn org(id: u8) {
        let _ = id;
    }

    #[get("/search?<user_id>")]
    //~^ ERROR `<user_id>` is in the query of the route, not in its path, and its module requires `sub = "<user_id>"`
    //~| HELP move it into the path, which is what the route is about; a caller who leaves it out of the query would have nothing to be compared with
    pub fn search(user_id: u8) {
        let _ = user_id;
    }

    #[get("/files/<user_id..>")]
    //~^ ERROR `<user_id..>` holds any number of segments, and a claim is one value
    //~| HELP compare the claim to a parameter that is one segment, such as `<user_id>`
    pub fn files(user_id: std::path::PathBuf) {
        let _ = user_id;
    }
}

fn main() {}
