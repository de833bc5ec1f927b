use auth_runtime::protect;

fn main() {
    let _ = protect![Vec::<rocket::Route>::new()];
    //~^ ERROR `protect!` needs an attribute that says who may call the routes
    //~| HELP begin with one, as in `protect![ #![requires_auth] FileServer::from("static") ]`; `#![public]` lets anyone call them
}
