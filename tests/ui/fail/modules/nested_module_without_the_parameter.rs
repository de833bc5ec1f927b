use auth_runtime::requires_claim;

#[requires_claim(sub = "<user_id>")]
mod users {
    pub mod settings {
        #[rocket::get("/users/<user_id>/settings")]
        pub fn one(user_id: u8) {
            let _ = user_id;
        }

        #[rocket::get("/users/<id>/settings")]
        //~^ ERROR the route has no parameter `<user_id>`, but its module requires `sub = "<user_id>"`
        //~| HELP the parameters of its path are: `<id>`
        pub fn other(id: u8) {
            let _ = id;
        }
    }
}

fn main() {}
