use auth_runtime::requires_auth;

macro_rules! helper {
    () => {
        fn helper() {}
    };
}

#[requires_auth]
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }

    pub struct Messages;

    impl Messages {
        helper!();
        //~^ ERROR `#[requires_auth]` on the module cannot see what `helper!` expands to
        //~| HELP move the call out of the module: the module would not protect a route that the call defines
    }

    std::thread_local! {
    //~^ ERROR `#[requires_auth]` on the module cannot see what `thread_local!` expands to
    //~| HELP move the call out of the module: the module would not protect a route that the call defines
        static COUNT: u8 = const { 0 };
    }
}

fn main() {}
