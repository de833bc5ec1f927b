//! The token in an `Authorization` header (RFC 6750 §2.1).

use crate::error::AuthErrorKind;

const BLANKS: [char; 2] = [' ', '\t'];

/// Returns the token from the values of all `Authorization` headers of a request. The scheme is
/// matched in any case, and one or more spaces or tabs separate it from the token.
pub(crate) fn bearer<'h>(
    mut headers: impl Iterator<Item = &'h str>,
) -> Result<&'h str, AuthErrorKind> {
    let header = headers.next().ok_or(AuthErrorKind::AuthorizationMissing)?;
    if headers.next().is_some() {
        return Err(AuthErrorKind::AuthorizationMalformed);
    }
    let header = header.trim_matches(BLANKS);
    let (scheme, rest) = header.split_once(BLANKS).unwrap_or((header, ""));
    if scheme.is_empty() {
        return Err(AuthErrorKind::AuthorizationMissing);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthErrorKind::SchemeNotBearer);
    }
    let token = rest.trim_start_matches(BLANKS);
    if token.is_empty() {
        return Err(AuthErrorKind::TokenMissing);
    }
    // A token has about a thousand bytes. Looking at them one by one would cost more than everything
    // else that is done with a remembered token.
    match memchr::memchr2(b' ', b'\t', token.as_bytes()) {
        Some(_) => Err(AuthErrorKind::AuthorizationMalformed),
        None => Ok(token),
    }
}

#[cfg(test)]
mod tests {
    use super::bearer;
    use crate::error::AuthErrorKind::{self, *};

    fn parse(headers: &[&'static str]) -> Result<&'static str, AuthErrorKind> {
        bearer(headers.iter().copied())
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
