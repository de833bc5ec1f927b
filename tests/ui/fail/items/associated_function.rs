use auth_runtime::requires_auth;
use rocket::get;

struct Messages;

impl Messages {
    #[requires_auth]
    //~^ ERROR implementation is not supported in `trait`s or `impl`s
    #[get("/")]
    //~^ ERROR struct is not supported in `trait`s or `impl`s
    //~| ERROR implementation is not supported in `trait`s or `impl`s
    //~| ERROR module is not supported in `trait`s or `impl`s
    //~| ERROR `use` import is not supported in `trait`s or `impl`s
    fn list() {}
    //~^ ERROR cannot find type `list` in this scope
}

fn main() {}
