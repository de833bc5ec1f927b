use auth_runtime::routes;

fn main() {
    let _ = routes!["/messages"];
    //~^ ERROR expected the name of a route handler, found a string
    //~| HELP `routes!` takes the names of route handlers, separated by commas
}
