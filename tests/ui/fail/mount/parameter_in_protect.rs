use auth_runtime::protect;

fn main() {
    let _ = protect![ #![requires_claim(sub = "<path>")] Vec::<rocket::Route>::new() ];
    //~^ ERROR a list of routes has no parameter `<path>`
    //~| HELP write `#[requires_claim(sub = "<path>")]` on each route that has it
}
