use auth_runtime::requires_auth;

macro_rules! route {
    ($name:ident) => {
        #[auth_runtime::requires_auth]
        #[rocket::get("/made")]
        fn $name() {}
        //~^ ERROR expected expression, found keyword `fn`
    };
}

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    pub fn routes() -> Vec<rocket::Route> {
        route!(made);
        auth_runtime::routes![made]
        //~^ ERROR cannot find struct, variant or union type `made` in this scope
        //~| ERROR cannot find type `made` in this scope
    }
}

fn main() {}
