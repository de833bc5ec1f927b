use auth_runtime::protect;

fn main() {
    let _ = protect![ #![requires_auth] 5 ];
    //~^ ERROR the trait bound `Vec<rocket::route::route::Route>: From<{integer}>` is not satisfied
}
