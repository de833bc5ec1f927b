//! A verified access token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::claims::Claims;
use super::confirmation::Confirmation;
use super::contents::Contents;
use super::extract::{Draft, Extract, Span};
use crate::error::AuthError;

/// A verified access token: the caller.
///
/// Holding one proves that its signature, issuer, audience and times were checked, because only
/// verification creates it. It can be neither cloned nor built. Handlers take it as `&AccessToken`, a
/// request guard that refuses requests without a valid token.
///
/// ```
/// # use rocket::get;
/// use auth_runtime::{AccessToken, AuthError, requires_auth};
///
/// #[requires_auth]
/// #[get("/drafts")]
/// fn drafts(token: &AccessToken) -> Result<String, AuthError> {
///     token.require_scope("read:drafts")?;
///     Ok(format!("drafts of {}", token.subject().unwrap_or("nobody")))
/// }
/// ```
///
/// [Reading the caller](crate::guide::caller) shows what a handler can do with it.
pub struct AccessToken {
    claims: Claims,
    source: Source,
}

/// How a token became an [`AccessToken`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The place of its issuer among those of the verifier.
    pub(crate) issuer: usize,
    /// The generation of the key set that it was verified with, if it was verified here.
    pub(crate) key_set: Option<u64>,
    /// The fingerprint of the key that signed it, if it was verified here.
    pub(crate) key: Option<u64>,
    pub(crate) source: Source,
}

/// The way in which a token was accepted in this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Its signature was verified.
    Verified,
    /// It was verified before, and remembered.
    Remembered,
    /// It was introspected.
    Introspected,
}

impl AccessToken {
    /// Creates the token once all checks are passed. The draft is that of this text, which
    /// [`Object::parse`](super::Object::parse) accepted.
    pub(crate) fn new(text: String, draft: Draft, origin: Origin) -> Self {
        let source = origin.source;
        let contents = Arc::new(Contents::new(text, draft, origin));
        Self {
            claims: Claims::new(contents),
            source,
        }
    }

    /// Creates the token from what is remembered of it.
    pub(crate) fn remembered(contents: Arc<Contents>) -> Self {
        Self {
            claims: Claims::new(contents),
            source: Source::Remembered,
        }
    }

    pub(crate) fn contents(&self) -> &Arc<Contents> {
        self.claims.contents()
    }

    /// Creates a token from claims that nobody checked, for tests of policies and rules.
    ///
    /// # Errors
    /// Fails if the text is not a JSON object that a token could have.
    #[cfg(any(test, fuzzing, feature = "testing"))]
    pub(crate) fn unchecked(
        text: String,
        names: &super::ClaimNames,
    ) -> Result<Self, super::JsonError> {
        let claims = super::Object::parse(&text)?;
        let registered = super::RegisteredClaims::find(&claims);
        let draft = Draft::new(text.len(), &claims, &registered, names);
        let origin = Origin {
            issuer: 0,
            key_set: None,
            key: None,
            source: Source::Verified,
        };
        Ok(Self::new(text, draft, origin))
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            source: self.source,
            ..self.contents().origin
        }
    }

    /// Returns the time before which the token is not valid, in seconds since 1970.
    pub(crate) fn not_before(&self) -> Option<f64> {
        self.extract().not_before
    }

    /// Returns the time from which the token is expired, in seconds since 1970.
    pub(crate) fn expires(&self) -> Option<f64> {
        self.extract().expires_at
    }

    /// Returns the `iat` claim, in seconds since 1970.
    pub(crate) fn issued(&self) -> Option<f64> {
        self.extract().issued_at
    }

    /// Returns the `jti` claim.
    pub(crate) fn token_id(&self) -> Option<&str> {
        self.string(self.extract().token_id)
    }

    /// Returns the `sid` claim.
    pub(crate) fn session_id(&self) -> Option<&str> {
        self.string(self.extract().session_id)
    }

    /// Returns the `client_id` claim.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.string(self.extract().client_id)
    }

    /// Returns the `azp` claim.
    pub(crate) fn authorized_party(&self) -> Option<&str> {
        self.string(self.extract().authorized_party)
    }

    /// Returns what the token is bound to: the `cnf` claim (RFC 7800).
    pub(crate) fn confirmation(&self) -> Option<&Confirmation> {
        self.extract().confirmation.as_deref()
    }

    /// Returns the `sub` claim: who is calling. Client-credentials tokens of some issuers do not have
    /// one.
    pub fn subject(&self) -> Option<&str> {
        self.string(self.extract().subject)
    }

    /// Returns the `iss` claim: one of the configured issuers. Tokens may lack it only in
    /// shared-secret mode, where no issuer has to be configured.
    pub fn issuer(&self) -> Option<&str> {
        self.string(self.extract().issuer)
    }

    /// Returns the `exp` claim: when the token expires. The configured `leeway` is not added.
    ///
    /// It is `None` for a time that [`SystemTime`] cannot hold.
    pub fn expires_at(&self) -> Option<SystemTime> {
        time(self.extract().expires_at?)
    }

    /// Returns the `iat` claim: when the token was issued, if it says so. Verification does not
    /// compare it with the clock.
    ///
    /// It is `None` for a time that [`SystemTime`] cannot hold.
    pub fn issued_at(&self) -> Option<SystemTime> {
        time(self.extract().issued_at?)
    }

    /// Returns the scopes granted, in the order of the token.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.strings(self.extract().grants.scopes())
    }

    /// Returns the permissions granted: the `permissions` claim, or the configured
    /// `permissions_claim`.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        self.strings(self.extract().grants.permissions())
    }

    /// Returns the roles of the caller: the `roles` claim, or the configured `roles_claim`.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.strings(self.extract().grants.roles())
    }

    /// Returns whether exactly this permission was granted.
    pub fn has_permission(&self, permission: &str) -> bool {
        self.permissions().any(|granted| granted == permission)
    }

    /// Returns whether the caller has exactly this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().any(|granted| granted == role)
    }

    /// Returns whether exactly this scope was granted.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// Checks for a scope inside a handler, where the scope depends on the request.
    ///
    /// # Errors
    /// Returns [`AuthErrorKind::Forbidden`](crate::AuthErrorKind::Forbidden), the same 403 that
    /// `#[requires_scope]` answers with, if the scope was not granted.
    pub fn require_scope(&self, scope: &str) -> Result<(), AuthError> {
        if self.has_scope(scope) {
            return Ok(());
        }
        Err(AuthError::missing_scopes(&[scope]))
    }

    /// Returns all claims.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Returns the claim of this name or, if the name begins with `/`, the value that it leads to
    /// as a JSON pointer (RFC 6901).
    ///
    /// ```
    /// # use auth_runtime::AccessToken;
    /// fn city(token: &AccessToken) -> Option<&str> {
    ///     token.claim("/address/locality")?.as_str()
    /// }
    /// ```
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.at(name)
    }

    /// Returns the claims as a type of the application.
    ///
    /// ```
    /// # use auth_runtime::AccessToken;
    /// #[derive(serde::Deserialize)]
    /// struct Caller {
    ///     sub: String,
    ///     org_id: Option<String>,
    /// }
    ///
    /// fn caller(token: &AccessToken) -> Result<Caller, serde_json::Error> {
    ///     token.claims_as()
    /// }
    /// ```
    ///
    /// # Errors
    /// Fails if the claims do not fit the type.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(self.claims.tree())
    }

    fn string(&self, span: Option<Span>) -> Option<&str> {
        span.map(|span| self.contents().resolve(span))
    }

    fn strings(&self, spans: &[Span]) -> impl Iterator<Item = &str> {
        spans.iter().map(|span| self.contents().resolve(*span))
    }

    fn extract(&self) -> &Extract {
        &self.contents().extract
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

/// Returns the time that is this many seconds after 1970.
fn time(seconds: f64) -> Option<SystemTime> {
    let distance = Duration::try_from_secs_f64(seconds.abs()).ok()?;
    if seconds < 0.0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ClaimNames;
    use super::*;

    fn token(text: &str) -> AccessToken {
        token_with(text, &ClaimNames::default())
    }

    fn token_with(text: &str, names: &ClaimNames) -> AccessToken {
        AccessToken::unchecked(text.to_owned(), names).unwrap()
    }

    fn scopes(text: &str) -> Vec<String> {
        token(text).scopes().map(str::to_owned).collect()
    }

    #[test]
    fn scopes_come_from_a_string_or_a_list() {
        assert_eq!(
            scopes(r#"{"scope":"a  b","scp":["c","d e"]}"#),
            ["a", "b", "c", "d e"]
        );
        assert_eq!(scopes(r#"{"scope":["a"]}"#), ["a"]);
        assert_eq!(scopes(r#"{"scp":"a b"}"#), ["a", "b"]);
        assert_eq!(scopes(r#"{"scope":"\u0061 b\u0020c"}"#), ["a", "b", "c"]);
        assert_eq!(
            scopes(r#"{"scp":["\u0061","b","\u0063é"]}"#),
            ["a", "b", "cé"]
        );
    }

    #[test]
    fn scopes_of_another_type_count_as_none() {
        for text in [
            r#"{"scope":1}"#,
            r#"{"scope":["a",1]}"#,
            r#"{"scope":{"a":1}}"#,
            "{}",
        ] {
            assert!(scopes(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn grants_are_found_by_pointer() {
        let names = ClaimNames {
            scopes: vec!["/x/scopes".to_owned()],
            permissions: "https://example.com/permissions".to_owned(),
            roles: "/realm_access/roles".to_owned(),
        };
        let text = r#"{"x":{"scopes":"a b"},"https://example.com/permissions":["p"],
            "realm_access":{"roles":["r","s"]},"scope":"not read","roles":["not read"]}"#;
        let token = token_with(text, &names);
        assert_eq!(token.scopes().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(token.permissions().collect::<Vec<_>>(), ["p"]);
        assert_eq!(token.roles().collect::<Vec<_>>(), ["r", "s"]);
        assert!(token.has_role("r") && !token.has_role("a"));
    }

    #[test]
    fn roles_may_be_the_member_names_of_an_object_and_nothing_else_may() {
        let text = r#"{"roles":{"admin":{"1":"acme"},"re\u0061der":{}},
            "permissions":{"a":1},"scope":{"b":1}}"#;
        let token = token(text);
        assert_eq!(token.roles().collect::<Vec<_>>(), ["admin", "reader"]);
        assert_eq!(token.permissions().count() + token.scopes().count(), 0);
    }

    #[test]
    fn permissions_do_not_satisfy_scopes_nor_the_reverse() {
        let token = token(r#"{"scope":"a","permissions":["b"],"roles":["c",1]}"#);
        assert!(token.has_scope("a") && !token.has_scope("b"));
        assert!(token.has_permission("b") && !token.has_permission("a"));
        assert_eq!(token.roles().count(), 0);
    }

    #[test]
    fn scopes_are_compared_exactly() {
        let token = token(r#"{"scope":"read:messages"}"#);
        assert!(token.has_scope("read:messages"));
        for other in [
            "read",
            "read:message",
            "read:messages2",
            "READ:MESSAGES",
            "",
        ] {
            assert!(!token.has_scope(other), "{other}");
        }
    }

    #[test]
    fn debug_output_shows_no_claim_values() {
        let shown = format!("{:?}", token(r#"{"sub":"auth0|secret","scope":"a"}"#));
        assert!(shown.contains("\"sub\""));
        assert!(!shown.contains("secret"));
    }

    #[test]
    fn strings_are_the_same_with_and_without_escapes() {
        let plain = r#"{"iss":"i","sub":"s","jti":"j","sid":"d","client_id":"c","azp":"a"}"#;
        let mut escaped = plain.to_owned();
        for letter in ["i", "s", "j", "d", "c", "a"] {
            let code = format!(r#":"\u{:04x}""#, letter.as_bytes()[0]);
            escaped = escaped.replace(&format!(":\"{letter}\""), &code);
        }
        assert!(escaped.contains(r#""azp":"\u0061""#));
        for token in [token(plain), token(&escaped)] {
            assert_eq!(token.issuer(), Some("i"));
            assert_eq!(token.subject(), Some("s"));
            assert_eq!(token.token_id(), Some("j"));
            assert_eq!(token.session_id(), Some("d"));
            assert_eq!(token.client_id(), Some("c"));
            assert_eq!(token.authorized_party(), Some("a"));
            assert_eq!(token.claim("azp"), Some(&json!("a")));
        }
    }

    #[test]
    fn a_copy_says_the_same_as_the_token() {
        let text = r#"{"sub":"\u0061","scope":"b c","permissions":["d"],"roles":["e"],"x":[1]}"#;
        let token = token(text);
        let copy = AccessToken::remembered(Arc::clone(token.contents()));
        for token in [&token, &copy] {
            assert_eq!(token.subject(), Some("a"));
            assert_eq!(token.scopes().collect::<Vec<_>>(), ["b", "c"]);
            assert!(token.has_permission("d") && token.has_role("e"));
            assert_eq!(token.claim("/x/0"), Some(&json!(1)));
        }
        assert_eq!(copy.origin().source, Source::Remembered);
    }

    #[test]
    fn times_are_those_of_the_claims() {
        let at = |seconds| Some(UNIX_EPOCH + Duration::from_millis(seconds));
        let token = token(r#"{"exp":4102444800.5,"iat":1}"#);
        assert_eq!(token.expires_at(), at(4_102_444_800_500));
        assert_eq!(token.issued_at(), at(1000));
        assert_eq!(token.issued(), Some(1.0));
        let token = self::token(r#"{"exp":1e300,"iat":-1}"#);
        assert_eq!(token.expires_at(), None);
        assert_eq!(token.issued_at(), Some(UNIX_EPOCH - Duration::from_secs(1)));
        assert_eq!(self::token("{}").issued_at(), None);
    }

    #[test]
    fn a_malformed_confirmation_binds_to_what_nobody_can_prove() {
        assert_eq!(token("{}").confirmation(), None);
        let token = token(r#"{"cnf":{"jkt":"x"}}"#);
        assert_eq!(token.confirmation(), Some(&Confirmation::default()));
    }
}
