use auth_runtime::public;

#[public]
//~^ ERROR [note] everything in the module is public
mod messages {
    use auth_runtime::requires_scope;
    use rocket::get;

    #[requires_scope("read:messages")]
    //~^ ERROR `#[requires_scope]` stands in a module that is `#[public]`
    //~| HELP remove one of the two, or move the route out of the module; the other way round is possible: `#[public]` exempts from what a module requires
    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
