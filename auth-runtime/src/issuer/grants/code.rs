//! Redeems authorization codes with PKCE (RFC 6749 §4.1.3, RFC 7636).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::State;
use super::super::error::OAuthError;
use super::super::params::Params;
use super::super::proofs::ProvenKey;
use super::{Granted, Login};

/// A code that a client may exchange once.
#[derive(Debug)]
pub(in super::super) struct AuthorizationCode {
    pub(in super::super) login: Login,
    pub(in super::super) redirect_uri: String,
    pub(in super::super) challenge: CodeChallenge,
    /// The thumbprint that the client announced (RFC 9449 §10).
    pub(in super::super) thumbprint: Option<String>,
    pub(in super::super) is_redeemed: bool,
}

/// The SHA-256 of the verifier (`S256`).
#[derive(Debug)]
pub(in super::super) struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    /// Reads `code_challenge` and its method.
    ///
    /// # Errors
    /// Fails if it is missing, or if its method is not `S256`.
    pub(in super::super) fn read(params: &Params) -> Result<Self, OAuthError> {
        let challenge = params.require("code_challenge")?;
        if params.get("code_challenge_method") != Some("S256") {
            return Err(OAuthError::invalid_request(
                "`code_challenge_method` must be `S256`",
            ));
        }
        let bytes = URL_SAFE_NO_PAD.decode(challenge).ok();
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(Self).ok_or_else(|| {
            OAuthError::invalid_request("`code_challenge` is not a SHA-256 in base64url")
        })
    }

    fn is_met(&self, verifier: &str) -> bool {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        // RFC 7636 §4.1.
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(is_unreserved)
            && verify_slices_are_equal(digest(&SHA256, verifier.as_bytes()).as_ref(), &self.0)
                .is_ok()
    }
}

pub(super) fn grant<'s>(
    state: &'s State,
    client: &str,
    params: &Params,
    key: Option<&ProvenKey>,
) -> Result<Granted<'s>, OAuthError> {
    let code = params.require("code")?;
    let redirect_uri = params.require("redirect_uri")?;
    let verifier = params.require("code_verifier")?;
    let thumbprint = key.map(|key| URL_SAFE_NO_PAD.encode(key.thumbprint));
    let redeemed = state.codes.with(code, |entry| {
        if entry.is_redeemed {
            return Err(Some(entry.login.session.clone()));
        }
        let is_right = entry.login.client == client
            && entry.redirect_uri == redirect_uri
            && entry.challenge.is_met(verifier)
            && (entry.thumbprint.is_none() || entry.thumbprint == thumbprint);
        if !is_right {
            return Err(None);
        }
        entry.is_redeemed = true;
        Ok(entry.login.clone())
    });
    let login = match redeemed {
        Some(Ok(login)) => login,
        Some(Err(Some(session))) => {
            // RFC 6749 §4.1.2: somebody has a code that is not theirs.
            state.end_session(session);
            return Err(OAuthError::invalid_grant("the code was used before"));
        }
        Some(Err(None)) => {
            return Err(OAuthError::invalid_grant(
                "the code was issued for another client, `redirect_uri`, `code_verifier` or DPoP key",
            ));
        }
        None => return Err(OAuthError::invalid_grant("the code is unknown or too old")),
    };
    let refresh_token = state.refresh_token(login.clone(), key)?;
    state.tokens_for(&login, login.scope.as_deref(), refresh_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_example_of_the_rfc_meets_its_challenge() {
        let form =
            "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
        let challenge = CodeChallenge::read(&Params::parse(form).unwrap()).unwrap();
        assert!(challenge.is_met("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
        assert!(!challenge.is_met(""));
    }

    #[test]
    fn a_challenge_is_a_sha256_and_its_method_is_named() {
        let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        for form in [
            "code_challenge_method=S256".to_owned(),
            challenge.to_owned(),
            format!("{challenge}&code_challenge_method=plain"),
            "code_challenge=abc&code_challenge_method=S256".to_owned(),
        ] {
            let read = CodeChallenge::read(&Params::parse(&form).unwrap());
            assert_eq!(read.unwrap_err().code(), "invalid_request", "{form}");
        }
    }
}
