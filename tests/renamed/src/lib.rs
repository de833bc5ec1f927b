//! The macros find `auth-runtime` by whatever name this package depends on it.

#[cfg(test)]
mod tests {
    use guarded::{
        AccessToken, Policies, Protected, Rule, RuleError, public, requires, requires_auth,
        requires_claim, requires_scope, routes,
    };
    use rocket::{Request, get};

    struct Open;

    #[rocket::async_trait]
    impl Rule for Open {
        async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
            Ok(true)
        }
    }

    #[public]
    #[get("/ping")]
    fn ping() {}

    #[requires_auth(max_age = 300)]
    #[requires_claim(sub = "<id>")]
    #[requires(Open)]
    #[get("/users/<id>")]
    fn user(id: u64) {
        let _ = id;
    }

    #[requires_scope(any("a", "b"), not_found)]
    mod inner {
        #[rocket::get("/inner")]
        pub(super) fn route() {}
    }

    #[test]
    fn the_attributes_and_routes_expand_to_the_new_name() {
        assert!(<ping as Protected>::POLICY.is_public());
        let rocket = rocket::build().mount("/", routes![ping, user, inner::route]);
        let policies: Vec<_> = Policies::of(&rocket)
            .iter()
            .map(|route| format!("{route} {}", route.policy_text()))
            .collect();
        assert_eq!(
            policies,
            [
                r#"GET /inner requires_scope(any("a", "b"), not_found)"#,
                "GET /ping public",
                r#"GET /users/<id> requires_auth(max_age = 300) requires_claim(sub = "<id>") requires(Open)"#,
            ]
        );
    }
}
