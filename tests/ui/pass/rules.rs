//! Rules of the application's own: literals, calls, constants, generic ones; a static for one with
//! state that changes.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_runtime::{AccessToken, Protected, Rule, RuleError, requires, requires_scope};
use rocket::{Request, get};

struct Open;

struct Limit {
    most: usize,
    name: &'static str,
}

struct Count(AtomicUsize);

struct Either<A, B>(PhantomData<(A, B)>);

#[rocket::async_trait]
impl Rule for Open {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[rocket::async_trait]
impl Rule for Limit {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(self.name.len() < self.most)
    }
}

#[rocket::async_trait]
impl Rule for Count {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed) < 5)
    }
}

#[rocket::async_trait]
impl<A: Send + Sync + 'static, B: Send + Sync + 'static> Rule for Either<A, B> {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

impl Limit {
    const fn new(most: usize) -> Self {
        Self { most, name: "" }
    }

    const fn twice(mut self) -> Self {
        self.most *= 2;
        self
    }
}

impl<A, B> Either<A, B> {
    const fn new() -> Self {
        Self(PhantomData)
    }
}

const CONSTANT: Open = Open;
static COUNT: Count = Count(AtomicUsize::new(0));
// A name that the expansion has as well.
const RULE: Open = Open;

#[requires(Open)]
#[get("/")]
fn path() {}

#[requires(Limit::new(5).twice(), Either::<u8, String>::new(), CONSTANT, COUNT, RULE)]
#[get("/")]
fn calls() {}

#[requires(Limit { most: 2, name: "a" })]
#[get("/")]
fn literal() {}

#[requires_scope("a")]
#[requires(any(Open, all(self::CONSTANT, Limit::new(3))), not_found, report_only)]
#[get("/")]
fn groups() {}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(<path as Protected>::POLICY.to_string(), "requires(Open)");
    assert_eq!(
        <calls as Protected>::POLICY.to_string(),
        // A rule with a comma between its generics is printed in backticks.
        "requires(Limit::new(5).twice(), `Either::<u8, String>::new()`, CONSTANT, COUNT, RULE)"
    );
    assert_eq!(
        <literal as Protected>::POLICY.to_string(),
        r#"requires(Limit { most: 2, name: "a" })"#
    );
    assert_eq!(
        <groups as Protected>::POLICY.to_string(),
        concat!(
            r#"requires_scope("a") "#,
            "requires(any(Open, all(self::CONSTANT, Limit::new(3))), not_found, report_only)"
        )
    );
}
