//! Reads the token in an `Authorization` header (RFC 6750 §2.1, RFC 9449 §7.1).

use crate::error::{AuthErrorKind, Scheme};

const BLANKS: [char; 2] = [' ', '\t'];

/// What an `Authorization` header holds. It does not implement `Debug`, which would show the token.
#[derive(Clone, Copy)]
pub(crate) struct Credentials<'h> {
    pub(crate) scheme: Scheme,
    pub(crate) token: &'h str,
}

/// The schemes that a request may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AcceptedSchemes {
    Bearer,
    BearerOrDpop,
    Dpop,
}

impl AcceptedSchemes {
    fn accept(self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::Bearer => self != Self::Dpop,
            Scheme::Dpop => self != Self::Bearer,
        }
    }
}

impl<'h> Credentials<'h> {
    /// Takes the credentials from the values of all `Authorization` headers of a request. The scheme
    /// is case-insensitive, and one or more spaces or tabs separate it from the token.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(crate) fn parse(
        mut headers: impl Iterator<Item = &'h str>,
        accepted: AcceptedSchemes,
    ) -> Result<Self, AuthErrorKind> {
        let header = headers.next().ok_or(AuthErrorKind::AuthorizationMissing)?;
        let (name, rest) = split_scheme(header);
        let scheme = Scheme::parse(name).filter(|scheme| accepted.accept(*scheme));
        let malformed = match scheme {
            Some(Scheme::Dpop) => AuthErrorKind::DpopAuthorizationMalformed,
            None if accepted == AcceptedSchemes::Dpop => AuthErrorKind::DpopAuthorizationMalformed,
            Some(Scheme::Bearer) | None => AuthErrorKind::AuthorizationMalformed,
        };
        if headers.next().is_some() {
            return Err(malformed);
        }
        if name.is_empty() {
            return Err(AuthErrorKind::AuthorizationMissing);
        }
        let scheme = scheme.ok_or(match accepted {
            AcceptedSchemes::Dpop => AuthErrorKind::SchemeNotDpop,
            AcceptedSchemes::Bearer | AcceptedSchemes::BearerOrDpop => {
                AuthErrorKind::SchemeNotBearer
            }
        })?;
        let token = rest.trim_start_matches(BLANKS);
        if token.is_empty() {
            return Err(AuthErrorKind::TokenMissing);
        }
        // A token has about a thousand bytes. Examining them one by one would cost more than all
        // other work for a remembered token.
        match memchr::memchr2(b' ', b'\t', token.as_bytes()) {
            Some(_) => Err(malformed),
            None => Ok(Self { scheme, token }),
        }
    }
}

/// Returns the scheme that the first `Authorization` header of a request names, if it is one that we
/// know.
pub(crate) fn claimed_scheme(header: Option<&str>) -> Option<Scheme> {
    let (name, _) = split_scheme(header?);
    Scheme::parse(name)
}

fn split_scheme(header: &str) -> (&str, &str) {
    let header = header.trim_matches(BLANKS);
    header.split_once(BLANKS).unwrap_or((header, ""))
}

#[cfg(test)]
mod tests {
    use super::{AcceptedSchemes, Credentials, claimed_scheme};
    use crate::error::AuthErrorKind::{self, *};
    use crate::error::Scheme;

    fn parse(headers: &[&'static str]) -> Result<&'static str, AuthErrorKind> {
        let credentials = Credentials::parse(headers.iter().copied(), AcceptedSchemes::Bearer);
        credentials.map(|credentials| credentials.token)
    }

    #[test]
    fn the_accepted_schemes_decide_what_the_header_may_start_with() {
        use AcceptedSchemes::{Bearer, BearerOrDpop, Dpop};

        let parse = |header, accepted| {
            let credentials = Credentials::parse([header].into_iter(), accepted);
            credentials.map(|credentials| credentials.scheme)
        };
        for (header, accepted, expected) in [
            ("DPoP t", Bearer, Err(SchemeNotBearer)),
            ("DPoP t", BearerOrDpop, Ok(Scheme::Dpop)),
            ("dpop t", Dpop, Ok(Scheme::Dpop)),
            ("Bearer t", BearerOrDpop, Ok(Scheme::Bearer)),
            ("Bearer t", Dpop, Err(SchemeNotDpop)),
            ("Basic t", BearerOrDpop, Err(SchemeNotBearer)),
            ("Basic t", Dpop, Err(SchemeNotDpop)),
            ("DPoP", Dpop, Err(TokenMissing)),
            ("DPoP a b", Dpop, Err(DpopAuthorizationMalformed)),
            ("Bearer a b", BearerOrDpop, Err(AuthorizationMalformed)),
        ] {
            assert_eq!(parse(header, accepted), expected, "{header} {accepted:?}");
        }
        for (first, accepted, expected) in [
            ("DPoP a", BearerOrDpop, DpopAuthorizationMalformed),
            ("Basic a", Dpop, DpopAuthorizationMalformed),
            ("Basic a", BearerOrDpop, AuthorizationMalformed),
            ("Basic a", Bearer, AuthorizationMalformed),
        ] {
            let headers = [first, "Bearer a"].into_iter();
            assert_eq!(
                Credentials::parse(headers, accepted).err(),
                Some(expected),
                "{first}"
            );
        }
    }

    #[test]
    fn the_scheme_is_matched_in_any_case_and_spaces_and_tabs_separate() {
        for header in [
            "Bearer t",
            "bearer t",
            "BEARER  t",
            "bEaReR\t \tt",
            " Bearer t ",
        ] {
            assert_eq!(parse(&[header]), Ok("t"), "{header:?}");
        }
    }

    #[test]
    fn a_request_claims_the_scheme_that_its_header_begins_with() {
        for (header, expected) in [
            (Some("dpop t"), Some(Scheme::Dpop)),
            (Some(" Bearer"), Some(Scheme::Bearer)),
            (Some("Basic t"), None),
            (None, None),
        ] {
            assert_eq!(claimed_scheme(header), expected, "{header:?}");
        }
    }

    #[test]
    fn each_malformed_header_has_its_own_error() {
        assert_eq!(parse(&[]), Err(AuthorizationMissing));
        assert_eq!(parse(&[""]), Err(AuthorizationMissing));
        assert_eq!(parse(&[" \t"]), Err(AuthorizationMissing));
        assert_eq!(parse(&["Basic dTpw"]), Err(SchemeNotBearer));
        assert_eq!(parse(&["Bearert"]), Err(SchemeNotBearer));
        assert_eq!(parse(&["Bearer,t"]), Err(SchemeNotBearer));
        assert_eq!(parse(&["Bearer"]), Err(TokenMissing));
        assert_eq!(parse(&["Bearer \t"]), Err(TokenMissing));
        assert_eq!(parse(&["Bearer a b"]), Err(AuthorizationMalformed));
        assert_eq!(
            parse(&["Bearer a", "Bearer a"]),
            Err(AuthorizationMalformed)
        );
    }
}
