//! RFC 6749, section 3.3: printable ASCII without space, `"` and `\`.

use auth_runtime::requires_scope;
use rocket::get;

// A string literal with `,` or `*` is likely to be a mistake, and does not compile.
const SCOPE: &str =
    "!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";

#[requires_scope(SCOPE)]
#[get("/")]
fn handler() {}

#[test]
fn compiles_and_has_its_policies() {}
