//! Kinds side by side in `#[requires(…)]`, also on a module and from a macro.

use auth_runtime::{AccessToken, Rule, RuleError, requires, routes};
use rocket::{Request, get};

const ADMIN: &str = "admin";

pub struct MyRule;

#[rocket::async_trait]
impl Rule for MyRule {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[requires(any(
    scope(ADMIN, any("a", "b")),
    claim(sub = "<user_id>", "https://example.com/tenant" = "acme", "/level" = 3),
    all(role("r"), permission("p")),
    MyRule,
))]
#[get("/users/<user_id>")]
fn user(user_id: &str) -> String {
    user_id.to_owned()
}

#[requires(
    any(
        scope(crate::ui::pass::mixed_kinds::ADMIN),
        crate::ui::pass::mixed_kinds::MyRule
    ),
    report_only
)]
mod admin {
    #[rocket::get("/inner")]
    pub fn inner() {}
}

macro_rules! owned {
    ($name:ident, $scope:literal) => {
        #[requires(any(scope($scope), claim(sub = "<id>")))]
        #[get("/owned/<id>")]
        fn $name(id: u64) -> String {
            id.to_string()
        }
    };
}

owned!(owned, "a");

#[test]
fn compiles_and_has_its_policies() {
    let _ = rocket::build().mount("/", routes![user, admin::inner, owned]);
}
