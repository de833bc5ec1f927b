use auth_runtime::public;

#[public]
//~^ ERROR `#[public]` cannot see into the module `messages`, which is in another file
//~| HELP write it on each route in that file, or on `mod messages { … }`
#[path = "api/messages.rs"]
mod messages;
//~^ ERROR file modules in proc macro input are unstable

fn main() {}
