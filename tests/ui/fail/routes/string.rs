use auth_runtime::routes;

fn main() {
    let _ = routes!["/messages"];
    //~^ ERROR expected identifier
    //~| HELP `routes!` takes the names of route handlers, separated by commas
}
