use auth_runtime::requires_auth;

#[requires_auth]
//~^ ERROR `#[requires_auth]` must stand above a route attribute, such as `#[get]`, and none follows it
//~| HELP if the route attribute stands above `#[requires_auth]`, swap the two; if it was imported under another name, write its own
fn messages() -> &'static str {
    "secret"
}

fn main() {}
