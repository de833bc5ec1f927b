use auth_runtime::public;

#[public]
//~^ ERROR [note] everything in this module is public
mod messages {
    use auth_runtime::requires_scope;

    #[requires_scope("read:messages")]
    //~^ ERROR `#[requires_scope]` is inside a module that is `#[public]`
    //~| HELP remove one of them, or move the route out of the module; the reverse is possible: `#[public]` exempts a route from what its module requires
    pub mod inner {
        #[rocket::get("/messages")]
        pub fn list() -> &'static str {
            "secret"
        }
    }
}

fn main() {}
