use auth_runtime::{requires_scope, routes};
use rocket::{delete, get, head, options, patch, post, put, route};

#[requires_scope("a")]
#[get("/")]
fn on_get() {}

#[requires_scope("a")]
#[post("/")]
fn on_post() {}

#[requires_scope("a")]
#[put("/")]
fn on_put() {}

#[requires_scope("a")]
#[delete("/")]
fn on_delete() {}

#[requires_scope("a")]
#[head("/")]
fn on_head() {}

#[requires_scope("a")]
#[patch("/")]
fn on_patch() {}

#[requires_scope("a")]
#[options("/")]
fn on_options() {}

#[requires_scope("a")]
#[route(GET, uri = "/route")]
fn on_route() {}

#[test]
fn compiles_and_has_its_policies() {
    let routes = routes![
        on_get, on_post, on_put, on_delete, on_head, on_patch, on_options, on_route,
    ];
    assert_eq!(routes.len(), 8);
}
