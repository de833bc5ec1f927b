use auth_runtime::routes;

fn main() {
    let _ = routes![messages];
    //~^ ERROR cannot find struct, variant or union type `messages` in this scope
    //~| ERROR cannot find type `messages` in this scope
}
