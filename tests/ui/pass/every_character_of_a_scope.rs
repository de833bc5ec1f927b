//! RFC 6749, section 3.3: printable ASCII without space, `"` and `\`.

use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(
    "!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"
)]
#[get("/")]
fn handler() {}

#[test]
fn compiles_and_has_its_policies() {}
