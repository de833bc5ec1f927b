auth_runtime::scopes! {
    mod scopes {
        READ = "read:messages";
        WRITE = "write messages";
        //~^ ERROR a scope cannot contain a space
        //~| HELP write each scope as a separate string: `"write", "messages"`
    }
}

fn main() {
    let _ = scopes::ALL;
}
