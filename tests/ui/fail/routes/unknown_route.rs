use auth_runtime::routes;

fn main() {
    let _ = routes![messages];
}
