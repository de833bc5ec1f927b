//! A verified access token and its claims.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use smallvec::SmallVec;

use super::json::Json;
use super::payload::{ClaimNames, Payload};
use super::scope;
use crate::error::AuthError;

/// A verified access token: the caller.
///
/// To have one is proof that its signature, issuer, audience and times were checked: only the
/// verification makes one, and it can be neither cloned nor built. Handlers take it as
/// `&AccessToken`, a request guard that refuses requests without a valid token.
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
pub struct AccessToken(Arc<Verified>);

/// What was verified. Shared with the memory of verified tokens.
struct Verified {
    claims: Claims,
    issuer: Option<Slice>,
    subject: Option<Slice>,
    scopes: Scopes,
    names: Arc<ClaimNames>,
    not_before: f64,
    expires: f64,
}

/// All claims of a verified token: a JSON object, serialisable as such.
///
/// What is registered (RFC 7519 §4.1) was checked. Private claims are the issuer's word.
pub struct Claims {
    /// The payload: valid JSON, an object in which no name stands twice.
    text: String,
    object: OnceLock<Map<String, Value>>,
}

/// A string of the payload: where it stands, or a copy where it is written with escapes.
enum Slice {
    At(Range<usize>),
    Copy(Box<str>),
}

/// The scopes granted, taken apart once: tokens are asked for them more than once.
type Scopes = SmallVec<[Slice; 8]>;

impl AccessToken {
    /// For [`verify`](crate::verify) alone, when all checks are passed. The payload is read from
    /// this text by these names.
    pub(crate) fn new(text: String, read: Read, names: &Arc<ClaimNames>) -> Self {
        let mut verified = Verified {
            scopes: read.scopes,
            issuer: read.issuer,
            subject: read.subject,
            not_before: read.not_before,
            expires: read.expires,
            claims: Claims {
                text,
                object: OnceLock::new(),
            },
            names: Arc::clone(names),
        };
        for name in names.scopes.iter().filter(|name| name.starts_with('/')) {
            verified.scopes.extend(verified.claims.scopes_at(name));
        }
        Self(Arc::new(verified))
    }

    /// Another handle to the same token, for the memory of verified tokens.
    pub(crate) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// From when to when it is valid, in seconds since 1970; without a limit where it names none.
    pub(crate) fn validity(&self) -> (f64, f64) {
        (self.0.not_before, self.0.expires)
    }

    /// About how many bytes it takes at most: the claims as text, and parsed, which is done when a handler
    /// first asks for them.
    pub(crate) fn size(&self) -> usize {
        /// A value in a list, and a member of an object with its share of the map.
        const ITEM: usize = size_of::<Value>();
        const MEMBER: usize = 2 * (size_of::<String>() + size_of::<Value>());

        let text = &self.0.claims.text;
        let count = |separator| text.bytes().filter(|byte| *byte == separator).count();
        let parsed = text.len() + ITEM * count(b',') + MEMBER * count(b':');
        let scopes = self.0.scopes.capacity() * size_of::<Slice>();
        size_of::<Verified>() + text.capacity() + parsed + scopes
    }

    /// The `sub` claim: who is calling. Client-credentials tokens of some issuers have none.
    pub fn subject(&self) -> Option<&str> {
        self.0
            .subject
            .as_ref()
            .map(|slice| slice.of_text(&self.0.claims.text))
    }

    /// The `iss` claim: one of the configured issuers. Absent only in shared-secret mode, where
    /// none has to be configured.
    pub fn issuer(&self) -> Option<&str> {
        self.0
            .issuer
            .as_ref()
            .map(|slice| slice.of_text(&self.0.claims.text))
    }

    /// The scopes granted, in the order of the token.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let text = &*self.0.claims.text;
        self.0.scopes.iter().map(move |slice| slice.of_text(text))
    }

    /// The permissions granted: the `permissions` claim, or the configured `permissions_claim`.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        self.0.claims.strings_at(&self.0.names.permissions)
    }

    /// The roles of the caller: the `roles` claim, or the configured `roles_claim`.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.0.claims.strings_at(&self.0.names.roles)
    }

    /// Whether this very permission was granted.
    pub fn has_permission(&self, permission: &str) -> bool {
        self.permissions().any(|granted| granted == permission)
    }

    /// Whether the caller has this very role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().any(|own| own == role)
    }

    /// Whether this very scope was granted.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// For checks inside a handler, where the scope depends on what is asked for.
    ///
    /// # Errors
    /// [`AuthErrorKind::Forbidden`](crate::AuthErrorKind::Forbidden), the same 403 that `#[requires_scope]` answers with, if the scope
    /// was not granted.
    pub fn require_scope(&self, scope: &str) -> Result<(), AuthError> {
        if self.has_scope(scope) {
            return Ok(());
        }
        Err(AuthError::missing_scopes(&[scope]))
    }

    /// All claims.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// The claims as a type of your own.
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
    /// If the claims do not fit the type.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0.claims.text)
    }
}

impl Claims {
    /// The claim of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.object().get(name)
    }

    /// The claim of this name, or where this JSON pointer (RFC 6901) leads if it begins with `/`.
    pub(crate) fn at(&self, name: &str) -> Option<&Value> {
        let Some(pointer) = name.strip_prefix('/') else {
            return self.get(name);
        };
        let (first, rest) = match pointer.split_once('/') {
            Some((first, _)) => (first, pointer.get(first.len()..).unwrap_or_default()),
            None => (pointer, ""),
        };
        // The claims are a map, which has no look-up by pointer of its own.
        self.get(&first.replace("~1", "/").replace("~0", "~"))?
            .pointer(rest)
    }

    fn scopes_at(&self, pointer: &str) -> Scopes {
        let copy = |scope: &str| Slice::Copy(scope.into());
        match self.at(pointer) {
            Some(Value::String(spaced)) => scope::split(spaced).map(copy).collect(),
            Some(Value::Array(list)) => {
                let copies = list.iter().map(|item| item.as_str().map(copy));
                copies.collect::<Option<_>>().unwrap_or_default()
            }
            _ => Scopes::new(),
        }
    }

    /// A list of strings, or a single one. What holds anything else counts as empty.
    fn strings_at(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = match self.at(name) {
            Some(Value::Array(list)) if list.iter().all(Value::is_string) => list.as_slice(),
            Some(one @ Value::String(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        values.iter().filter_map(Value::as_str)
    }

    fn object(&self) -> &Map<String, Value> {
        self.object.get_or_init(|| {
            // The payload was read by the same rules, so that this never takes the default.
            serde_json::from_str(&self.text).unwrap_or_default()
        })
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object().serialize(serializer)
    }
}

/// Claims are personal data: the names alone are shown.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims ")?;
        f.debug_set().entries(self.object().keys()).finish()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("claims", &self.0.claims)
            .finish_non_exhaustive()
    }
}

/// What a payload says of itself, without a borrow of its text.
pub(crate) struct Read {
    issuer: Option<Slice>,
    subject: Option<Slice>,
    scopes: Scopes,
    not_before: f64,
    expires: f64,
}

impl Read {
    /// The payload was read from this text.
    pub(crate) fn of(text: &str, payload: Payload<'_>) -> Self {
        let slice = |string: &Cow<'_, str>| Slice::of(text, string);
        let string = |claim: Option<Json<'_>>| match claim {
            Some(Json::Text(string)) => Some(slice(&string)),
            _ => None,
        };
        let time = |claim: Option<Json<'_>>| match claim {
            Some(Json::Number(seconds)) => Some(seconds),
            _ => None,
        };
        let mut scopes = Scopes::new();
        for claim in &payload.scopes {
            match claim {
                Json::Text(spaced) => {
                    scopes.extend(scope::split(spaced).map(|one| Slice::of(text, one)));
                }
                Json::Strings(list) => scopes.extend(list.iter().map(slice)),
                // Of any other type: no scopes.
                Json::Bool(_) | Json::Number(_) | Json::Other => {}
            }
        }
        Self {
            scopes,
            issuer: string(payload.iss),
            subject: string(payload.sub),
            not_before: time(payload.nbf).unwrap_or(f64::NEG_INFINITY),
            expires: time(payload.exp).unwrap_or(f64::INFINITY),
        }
    }
}

impl Slice {
    fn of(text: &str, string: &str) -> Self {
        let start = string.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
        let range = start..start.wrapping_add(string.len());
        if text.get(range.clone()) == Some(string) {
            Self::At(range)
        } else {
            Self::Copy(string.into())
        }
    }

    fn of_text<'a>(&'a self, text: &'a str) -> &'a str {
        match self {
            Self::At(range) => text.get(range.clone()).unwrap_or_default(),
            Self::Copy(copy) => copy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> AccessToken {
        token_with(text, ClaimNames::default())
    }

    fn token_with(text: &str, names: ClaimNames) -> AccessToken {
        let read = Read::of(text, Payload::read(text, &names).unwrap());
        AccessToken::new(text.to_owned(), read, &Arc::new(names))
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
        assert_eq!(scopes(r#"{"scope":"\u0061 b"}"#), ["a", "b"]);
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
    fn granted_values_are_found_by_pointer() {
        let names = ClaimNames {
            scopes: vec!["/x/scopes".to_owned()],
            permissions: "https://example.com/permissions".to_owned(),
            roles: "/realm_access/roles".to_owned(),
        };
        let text = r#"{"x":{"scopes":"a b"},"https://example.com/permissions":["p"],
            "realm_access":{"roles":["r","s"]},"scope":"not read","roles":["not read"]}"#;
        let token = token_with(text, names);
        assert_eq!(token.scopes().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(token.permissions().collect::<Vec<_>>(), ["p"]);
        assert_eq!(token.roles().collect::<Vec<_>>(), ["r", "s"]);
        assert!(token.has_role("r") && !token.has_role("a"));
    }

    #[test]
    fn permissions_and_scopes_are_told_apart() {
        let token = token(r#"{"scope":"a","permissions":["b"],"roles":["c",1]}"#);
        assert!(token.has_scope("a") && !token.has_scope("b"));
        assert!(token.has_permission("b") && !token.has_permission("a"));
        assert_eq!(token.roles().count(), 0);
    }

    #[test]
    fn comparison_of_scopes_is_exact() {
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
    fn an_escaped_subject_is_read_as_meant() {
        assert_eq!(token(r#"{"sub":"\u0061b"}"#).subject(), Some("ab"));
        assert_eq!(token(r#"{"sub":"ab"}"#).subject(), Some("ab"));
    }
}
