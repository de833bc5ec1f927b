use auth_runtime::protect;

fn main() {
    let _ = protect![ #![requires_auth] Vec::<rocket::Route>::new(), Vec::<rocket::Route>::new() ];
    //~^ ERROR expected one expression for the routes
    //~| HELP after its attributes, `protect!` takes anything that is `Into<Vec<Route>>`, such as `FileServer::from("static")`
}
