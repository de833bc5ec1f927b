//! Creates codes and tokens that nobody can guess.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// RFC 8628 §6.1: letters that nobody mistakes for others, and that form no words.
const USER_CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// The crypto library could not sign a token, or had no random numbers for one.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the crypto library failed")]
pub(super) struct CryptoFailure;

impl CryptoFailure {
    /// Returns the token for a caller that does not handle errors: an empty string if there is none.
    /// Nobody accepts it.
    pub(super) fn logged(token: Result<String, Self>) -> String {
        token.unwrap_or_else(|error| {
            log::error!("the local issuer cannot create a token: {error}");
            String::new()
        })
    }
}

/// Returns 256 random bits with a prefix that says what they are for.
///
/// # Errors
/// Fails if the system has no random numbers.
pub(super) fn secret(prefix: &str) -> Result<String, CryptoFailure> {
    Ok(format!(
        "{prefix}-{}",
        URL_SAFE_NO_PAD.encode(random::<32>()?)
    ))
}

/// Returns a code that a user types, such as `BCDF-GHJK`.
///
/// # Errors
/// Fails if the system has no random numbers.
pub(super) fn user_code() -> Result<String, CryptoFailure> {
    let letters = random::<8>()?.map(|byte| {
        let letter = USER_CODE_LETTERS.get(usize::from(byte) % USER_CODE_LETTERS.len());
        letter.copied().map_or('B', char::from)
    });
    let (first, last) = letters.split_at(4);
    Ok(first.iter().chain(&['-']).chain(last).collect())
}

fn random<const N: usize>() -> Result<[u8; N], CryptoFailure> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| CryptoFailure)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_code_has_eight_letters_in_two_groups() {
        let code = user_code().unwrap();
        let (first, last) = code.split_once('-').unwrap();
        assert_eq!((first.len(), last.len()), (4, 4));
        let is_letter = |byte: u8| USER_CODE_LETTERS.contains(&byte);
        assert!((first.to_owned() + last).bytes().all(is_letter), "{code}");
    }

    #[test]
    fn two_secrets_differ() {
        assert_ne!(secret("code").unwrap(), secret("code").unwrap());
    }
}
