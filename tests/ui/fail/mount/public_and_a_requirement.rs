use auth_runtime::protect;

fn main() {
    let _ = protect![ #![public] #![requires_auth] Vec::<rocket::Route>::new() ];
    //~^ ERROR `#[public]` cannot be combined with `#[requires_auth]`
    //~| HELP remove one of them: either anyone may call the route, or a token is required
    //~| ERROR [note] a token is required here
}
