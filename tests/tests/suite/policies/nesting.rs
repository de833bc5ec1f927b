//! Tests which sets of scopes meet `any(…)` and `all(…)`. Precedence is a security property.

use auth_runtime::{requires_permission, requires_role, requires_scope, routes};
use rocket::get;
use serde_json::{Value, json};

use super::reply;
use crate::support::*;

#[requires_scope("a", "b", "c")]
#[get("/each")]
fn each() {}

#[requires_scope(all("a", "b", "c"))]
#[get("/all")]
fn all_of() {}

#[requires_scope(any("a", "b", "c"))]
#[get("/any")]
fn any_of() {}

#[requires_scope(all("a", any("b", "c")))]
#[get("/all-any")]
fn a_and_either() {}

#[requires_scope(any(all("a", "b"), "c"))]
#[get("/any-all")]
fn both_or_c() {}

#[requires_scope("a", any("b", "c"))]
#[get("/argument-any")]
fn argument_and_either() {}

#[requires_scope(any("a", "b"), any("b", "c"))]
#[get("/any-any")]
fn two_choices() {}

#[requires_scope(any("a", "b"))]
#[requires_scope("c")]
#[get("/stacked")]
fn stacked() {}

#[requires_scope(any(all("a", any("b", all("c"))), all(any("b"), all("b", "c"))))]
#[get("/deep")]
fn deep() {}

#[requires_permission(any(all("a", "b"), "c"))]
#[get("/permissions")]
fn permissions() {}

#[requires_role(all("a", any("b", "c")))]
#[get("/roles")]
fn roles() {}

/// Decides whether a token with these of the scopes `a`, `b` and `c` must pass.
type Expected = fn(bool, bool, bool) -> bool;

/// Tries the route with every subset of `a`, `b` and `c`.
async fn expect_truth_table(
    seed: &Seed,
    path: &str,
    claims: fn(&[&str]) -> Value,
    expected: Expected,
) {
    for subset in 0..8_u8 {
        let [a, b, c] = [1, 2, 4].map(|bit| subset & bit != 0);
        let names = [("a", a), ("b", b), ("c", c)];
        let granted: Vec<&str> = names
            .iter()
            .filter_map(|(name, granted)| granted.then_some(*name))
            .collect();
        let passes = reply(seed, path, &claims(&granted)).await.status == 200;
        assert_eq!(passes, expected(a, b, c), "{path} with {granted:?}");
    }
}

fn as_scopes(granted: &[&str]) -> Value {
    json!({ "scope": granted.join(" ") })
}

#[tokio::test]
async fn every_subset_of_scopes_meets_exactly_the_policies_that_it_should() {
    let routes = routes![
        each,
        all_of,
        any_of,
        a_and_either,
        both_or_c,
        argument_and_either,
        two_choices,
        stacked,
        deep
    ];
    let seed = api(routes).await;
    let table: [(&str, Expected); 9] = [
        ("/each", |a, b, c| a && b && c),
        ("/all", |a, b, c| a && b && c),
        ("/any", |a, b, c| a || b || c),
        ("/all-any", |a, b, c| a && (b || c)),
        ("/any-all", |a, b, c| (a && b) || c),
        ("/argument-any", |a, b, c| a && (b || c)),
        ("/any-any", |a, b, c| b || (a && c)),
        ("/stacked", |a, b, c| (a || b) && c),
        ("/deep", |a, b, c| (a && (b || c)) || (b && c)),
    ];
    for (path, expected) in table {
        expect_truth_table(&seed, path, as_scopes, expected).await;
    }
}

#[tokio::test]
async fn permissions_and_roles_nest_like_scopes() {
    let seed = api(routes![permissions, roles]).await;
    expect_truth_table(
        &seed,
        "/permissions",
        |granted| json!({ "permissions": granted }),
        |a, b, c| (a && b) || c,
    )
    .await;
    expect_truth_table(
        &seed,
        "/roles",
        |granted| json!({ "roles": granted }),
        |a, b, c| a && (b || c),
    )
    .await;
}
