//! Extracts from the claims the strings and times that policies, revocation and handlers need on
//! every request, so that the claims are not read again. An extract is small, because it is part of
//! every remembered token.

use std::num::NonZeroU32;

use smallvec::SmallVec;

use super::found_claims::FoundClaims;
use super::json::{Json, Text};
use super::scope;
use super::{Claim, ClaimNames, Confirmation};

/// Where a string is in the text of a token's claims.
///
/// The claims are at most 16 KiB, or as long as an introspection endpoint may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    /// Never zero, because no string begins before the brace of the claims. Therefore an `Option` of a
    /// span, of which every remembered token has six, is not larger than the span.
    end: NonZeroU32,
}

/// Claims that were extracted from a text. They refer to that text and do not borrow from it.
#[derive(Clone, Debug)]
pub(super) struct Extract {
    pub(super) issuer: Option<Span>,
    pub(super) subject: Option<Span>,
    pub(super) token_id: Option<Span>,
    pub(super) session_id: Option<Span>,
    pub(super) client_id: Option<Span>,
    pub(super) authorized_party: Option<Span>,
    /// The `exp` claim. This time and the next two are in seconds since 1970.
    pub(super) expires_at: Option<f64>,
    pub(super) not_before: Option<f64>,
    pub(super) issued_at: Option<f64>,
    /// The `cnf` claim, which is boxed because few tokens have one.
    pub(super) confirmation: Option<Box<Confirmation>>,
    pub(super) grants: Grants,
}

/// Scopes, permissions and roles, in this order.
#[derive(Debug, Default)]
pub(super) struct Grants {
    all: Spans,
    /// Where the scopes end.
    scopes: u32,
    /// Where the permissions end.
    permissions: u32,
}

type Spans = SmallVec<[Span; 8]>;

impl Extract {
    /// Extracts from claims that were read from a text of this length. Also returns the strings that are
    /// written with escapes, which belong behind the text.
    pub(super) fn new(
        text_length: usize,
        claims: &FoundClaims<'_>,
        names: &ClaimNames,
    ) -> (Self, String) {
        let mut locator = Locator {
            text_length,
            copies: String::new(),
        };
        let mut string = |claim| match claims.get(claim)? {
            Json::String(text) => locator.locate(text),
            _ => None,
        };
        let time = |claim| claims.get(claim)?.as_f64();
        let extract = Self {
            issuer: string(Claim::Issuer),
            subject: string(Claim::Subject),
            token_id: string(Claim::TokenId),
            session_id: string(Claim::SessionId),
            client_id: string(Claim::ClientId),
            authorized_party: string(Claim::AuthorizedParty),
            expires_at: time(Claim::Expiry),
            not_before: time(Claim::NotBefore),
            issued_at: time(Claim::IssuedAt),
            // Verification refuses a malformed claim. Here it counts as a key that nobody can have.
            confirmation: claims
                .get(Claim::Confirmation)
                .map(|cnf| Box::new(Confirmation::parse(cnf).unwrap_or_default())),
            grants: Grants::new(claims, names, &mut locator),
        };
        (extract, locator.copies)
    }

    /// Returns the number of bytes that it takes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let confirmation = self
            .confirmation
            .as_ref()
            .map_or(0, |_| size_of::<Confirmation>());
        let grants = if self.grants.all.spilled() {
            self.grants.all.capacity() * size_of::<Span>()
        } else {
            0
        };
        confirmation + grants
    }

    /// Returns the number of allocations of the extract.
    pub(super) fn heap_allocations(&self) -> usize {
        usize::from(self.confirmation.is_some()) + usize::from(self.grants.all.spilled())
    }
}

impl Span {
    pub(super) fn new(start: usize, length: usize) -> Option<Self> {
        Some(Self {
            start: start.try_into().ok()?,
            end: u32::try_from(start + length).ok()?.try_into().ok()?,
        })
    }

    /// Returns the string in the text that the span refers to.
    pub(super) fn resolve(self, text: &str) -> &str {
        text.get(self.start as usize..self.end.get() as usize)
            .unwrap_or_default()
    }
}

impl Grants {
    fn new(claims: &FoundClaims<'_>, names: &ClaimNames, locator: &mut Locator) -> Self {
        let mut all = Spans::new();
        let end = |all: &Spans| u32::try_from(all.len()).unwrap_or(u32::MAX);
        for name in &names.scopes {
            match claims.at(name) {
                Some(Json::String(text)) => locator.locate_scopes(text, &mut all),
                Some(list) => locator.locate_list(list, &mut all),
                None => {}
            }
        }
        let scopes = end(&all);
        locator.locate_names(claims.at(&names.permissions), &mut all);
        let permissions = end(&all);
        match claims.at(&names.roles) {
            // Zitadel writes an object whose member names are the roles.
            Some(Json::Object(roles)) => {
                for (role, _) in roles.members() {
                    locator.locate_name(role, &mut all);
                }
            }
            roles => locator.locate_names(roles, &mut all),
        }
        Self {
            all,
            scopes,
            permissions,
        }
    }

    pub(super) fn scopes(&self) -> &[Span] {
        self.all.get(..self.scopes as usize).unwrap_or_default()
    }

    pub(super) fn permissions(&self) -> &[Span] {
        let permissions = self.scopes as usize..self.permissions as usize;
        self.all.get(permissions).unwrap_or_default()
    }

    pub(super) fn roles(&self) -> &[Span] {
        self.all
            .get(self.permissions as usize..)
            .unwrap_or_default()
    }
}

/// Copies all spans at once. The derived implementation would copy them one by one, for each
/// remembered token in each request.
impl Clone for Grants {
    fn clone(&self) -> Self {
        Self {
            all: Spans::from_slice(&self.all),
            ..*self
        }
    }
}

/// Locates strings in the text.
struct Locator {
    text_length: usize,
    copies: String,
}

impl Locator {
    /// Returns where the string is, or will be once the copies follow the text.
    fn locate(&mut self, text: Text<'_>) -> Option<Span> {
        let start = text.position().unwrap_or_else(|| {
            let start = self.text_length + self.copies.len();
            self.copies.push_str(text.as_str());
            start
        });
        Span::new(start, text.as_str().len())
    }

    fn locate_scopes(&mut self, text: Text<'_>, all: &mut Spans) {
        let Some(whole) = self.locate(text) else {
            return;
        };
        for scope in scope::ranges(text.as_str()) {
            if let Some(span) = Span::new(whole.start as usize + scope.start, scope.len()) {
                all.push(span);
            }
        }
    }

    /// Locates the strings of a list, or a single string. A claim of any other type grants nothing.
    fn locate_names(&mut self, claim: Option<Json<'_>>, all: &mut Spans) {
        match claim {
            Some(Json::String(text)) => self.locate_name(text, all),
            Some(list) => self.locate_list(list, all),
            None => {}
        }
    }

    fn locate_list(&mut self, claim: Json<'_>, all: &mut Spans) {
        for text in claim.as_strings().into_iter().flatten() {
            self.locate_name(text, all);
        }
    }

    fn locate_name(&mut self, text: Text<'_>, all: &mut Spans) {
        if let Some(span) = self.locate(text) {
            all.push(span);
        }
    }
}
