//! Rejects arguments of handlers that would treat a caller with an invalid token as an anonymous one.
//!
//! In Rocket, an `Option` or a `Result` of a guard never fails. The expansion of our attributes calls
//! `check` for each argument. For the types that must not be used, that is the inherent method, whose
//! bound is never met. For all other types it is the method of [`AnyArgument`].

use std::marker::PhantomData;

use rocket::outcome::Outcome;

use crate::guard::OptionalToken;
use crate::token::AccessToken;

/// The type of a handler's argument.
pub struct Argument<T>(PhantomData<fn() -> T>);

/// A guard that fails if the token is invalid.
pub trait FailsForInvalidToken {}

impl FailsForInvalidToken for &AccessToken {}
impl FailsForInvalidToken for OptionalToken<'_> {}
impl<T: FailsForInvalidToken> FailsForInvalidToken for Option<T> {}
impl<T: FailsForInvalidToken, E> FailsForInvalidToken for Result<T, E> {}
impl<T: FailsForInvalidToken, E, F> FailsForInvalidToken for Outcome<T, E, F> {}

/// A bound that is never met, because no type implements it.
#[diagnostic::on_unimplemented(
    message = "this argument accepts an invalid token as if there were none",
    label = "write `OptionalToken<'_>`, which refuses invalid tokens",
    note = "`Option`, `Result` and `Outcome` of a guard do not fail, so that a forged or expired token would \
            make an anonymous caller"
)]
pub trait IsCheckedForInvalidTokens {}

impl<T> Argument<T> {
    /// Returns the type of this argument.
    pub fn new(_: &T) -> Self {
        Self(PhantomData)
    }
}

impl<T: FailsForInvalidToken> Argument<Option<T>> {
    /// Does not compile.
    pub fn check<A: IsCheckedForInvalidTokens>(&self, _: &A) {}
}

impl<T: FailsForInvalidToken, E> Argument<Result<T, E>> {
    /// Does not compile.
    pub fn check<A: IsCheckedForInvalidTokens>(&self, _: &A) {}
}

impl<T: FailsForInvalidToken, E, F> Argument<Outcome<T, E, F>> {
    /// Does not compile.
    pub fn check<A: IsCheckedForInvalidTokens>(&self, _: &A) {}
}

/// The method for arguments of all other types.
pub trait AnyArgument {
    /// Accepts the argument.
    fn check<A>(&self, _: &A) {}
}

impl<T> AnyArgument for Argument<T> {}
