use super::*;

fn api() -> ApiGrants {
    let list = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
    ApiGrants {
        scopes: list(&["read:messages", "write:messages"]),
        permissions: list(&["read:logs", "delete:logs"]),
        roles: list(&["admin"]),
        claim_names: ClaimNames::default(),
    }
}

#[test]
fn a_user_without_a_list_of_scopes_has_those_that_a_client_asks_for() {
    let user = LocalUser::new("dora");
    assert_eq!(user.granted_scopes(Some("a  b"), &api()), ["a", "b"]);
    assert!(user.granted_scopes(None, &api()).is_empty());
}

#[test]
fn a_list_of_scopes_is_a_limit_and_the_default() {
    let user = LocalUser::new("dora").with_scope("a b");
    let asked = Some("c openid b");
    assert_eq!(user.granted_scopes(asked, &api()), ["openid", "b"]);
    assert_eq!(user.granted_scopes(None, &api()), ["a", "b"]);
    let nothing = LocalUser::new("dora").with_scope("");
    assert!(nothing.granted_scopes(Some("a"), &api()).is_empty());
}

#[test]
fn the_default_users_have_all_some_and_none_of_what_the_api_requires() {
    let users = LocalUser::defaults();
    let [ann, ben, cleo] = users.as_slice() else {
        panic!("three users: {users:?}");
    };
    assert_eq!(ann.granted_scopes(None, &api()), api().scopes);
    assert_eq!(
        Value::from(ann.access_claims(&api())),
        json!({ "permissions": ["read:logs", "delete:logs"], "roles": ["admin"] })
    );
    assert_eq!(ben.granted_scopes(None, &api()), ["read:messages"]);
    assert_eq!(
        Value::from(ben.access_claims(&api())),
        json!({ "permissions": ["read:logs"] })
    );
    assert!(
        cleo.granted_scopes(Some("read:messages"), &api())
            .is_empty()
    );
    assert!(cleo.access_claims(&api()).is_empty());
}

#[test]
fn permissions_and_roles_are_where_the_api_reads_them() {
    let api = ApiGrants {
        claim_names: ClaimNames {
            permissions: "rights".to_owned(),
            roles: "/realm_access/roles".to_owned(),
            ..ClaimNames::default()
        },
        ..api()
    };
    let user = LocalUser::new("dora")
        .with_permissions(["read"])
        .with_roles(["admin"])
        .with_claim("realm_access", json!({ "more": 1 }));
    assert_eq!(
        Value::from(user.access_claims(&api)),
        json!({ "rights": ["read"], "realm_access": { "more": 1, "roles": ["admin"] } })
    );
}

#[test]
fn a_user_cannot_have_a_claim_that_the_issuer_decides() {
    assert!(LocalUser::new("dora").with_claim("org", 1).check().is_ok());
    for name in ["iss", "aud", "exp", "scope", "cnf", "sid"] {
        let problem = LocalUser::new("dora").with_claim(name, 1).check();
        assert!(problem.unwrap_err().contains(&format!("`{name}`")));
    }
    assert!(LocalUser::new(" ").check().is_err());
}
