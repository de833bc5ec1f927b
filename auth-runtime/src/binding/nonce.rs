//! Issues and checks nonces for proofs (RFC 9449 §9). A nonce is a time with an authentication tag.
//! Nothing is stored, and replicas with the same key accept each other's nonces.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How long a nonce is valid.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// How far ahead the clock of another replica may be.
const AHEAD: Duration = Duration::from_secs(10);

const TIME_BYTES: usize = 8;
/// Half of an HMAC-SHA-256, which RFC 2104 §5 considers safe.
const TAG_BYTES: usize = 16;

/// Issues nonces and recognises them.
pub(crate) struct Nonces(hmac::Key);

/// A nonce that this API has issued, for the header `DPoP-Nonce`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nonce(String);

/// The age of a valid nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// The nonce is in the first half of its life.
    Fresh,
    /// The nonce is in the second half of its life, so it is time for a new one.
    Aging,
}

impl Nonces {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(HMAC_SHA256, key))
    }

    /// Uses a random key, so that only this process accepts the nonces.
    ///
    /// # Errors
    /// Fails if the system has no random numbers.
    pub(crate) fn random() -> Result<Self, aws_lc_rs::error::Unspecified> {
        let mut key = [0; 32];
        aws_lc_rs::rand::fill(&mut key)?;
        Ok(Self::new(&key))
    }

    pub(crate) fn issue(&self, now: SystemTime) -> Nonce {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = now.as_secs().to_be_bytes();
        let tag = hmac::sign(&self.0, &message(time));
        let tag = tag.as_ref().get(..TAG_BYTES).unwrap_or_default();
        Nonce(URL_SAFE_NO_PAD.encode([&time, tag].concat()))
    }

    /// Checks a nonce. Returns `None` if this API did not issue it, or issued it too long ago.
    pub(crate) fn check(&self, nonce: &str, now: SystemTime) -> Option<Age> {
        let mut bytes = [0; TIME_BYTES + TAG_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(nonce, &mut bytes).ok()?;
        if length != bytes.len() {
            return None;
        }
        let time: [u8; TIME_BYTES] = *bytes.first_chunk()?;
        let tag = bytes.get(TIME_BYTES..)?;
        let own = hmac::sign(&self.0, &message(time));
        aws_lc_rs::constant_time::verify_slices_are_equal(own.as_ref().get(..TAG_BYTES)?, tag)
            .ok()?;
        let issued = UNIX_EPOCH.checked_add(Duration::from_secs(u64::from_be_bytes(time)))?;
        match now.duration_since(issued) {
            Ok(age) if age <= LIFE / 2 => Some(Age::Fresh),
            Ok(age) if age <= LIFE => Some(Age::Aging),
            Ok(_) => None,
            Err(ahead) => (ahead.duration() <= AHEAD).then_some(Age::Fresh),
        }
    }
}

/// Returns the authenticated message. It names its purpose, because the key may be used for other
/// purposes as well.
fn message(time: [u8; TIME_BYTES]) -> Vec<u8> {
    [b"dpop-nonce:".as_slice(), &time].concat()
}

impl Nonce {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides the key.
impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    #[test]
    fn a_nonce_is_valid_for_five_minutes_and_renewed_in_the_second_half() {
        let nonces = Nonces::random().unwrap();
        let nonce = nonces.issue(at(0));
        for (seconds, age) in [
            (0, Some(Age::Fresh)),
            (150, Some(Age::Fresh)),
            (151, Some(Age::Aging)),
            (300, Some(Age::Aging)),
            (301, None),
        ] {
            assert_eq!(nonces.check(nonce.as_str(), at(seconds)), age, "{seconds}");
        }
    }

    #[test]
    fn the_clock_of_a_replica_may_be_a_little_ahead() {
        let nonces = Nonces::random().unwrap();
        assert_eq!(
            nonces.check(nonces.issue(at(10)).as_str(), at(0)),
            Some(Age::Fresh)
        );
        assert_eq!(nonces.check(nonces.issue(at(11)).as_str(), at(0)), None);
    }

    #[test]
    fn replicas_with_one_key_accept_each_others_nonces() {
        let (ours, theirs) = (Nonces::new(&[7; 32]), Nonces::new(&[7; 32]));
        assert!(theirs.check(ours.issue(at(0)).as_str(), at(1)).is_some());
        let stranger = Nonces::random().unwrap();
        assert_eq!(theirs.check(stranger.issue(at(0)).as_str(), at(1)), None);
    }

    #[test]
    fn a_nonce_with_any_changed_byte_is_refused() {
        let nonces = Nonces::random().unwrap();
        let nonce = nonces.issue(at(0)).0;
        for place in 0..nonce.len() {
            let mut changed = nonce.clone();
            let other = if changed.as_bytes()[place] == b'A' {
                "B"
            } else {
                "A"
            };
            changed.replace_range(place..=place, other);
            assert_eq!(nonces.check(&changed, at(0)), None, "{place}");
        }
        for other in [
            "",
            "A",
            &nonce[1..],
            &format!("{nonce}A"),
            &format!("{nonce}="),
            "ä",
        ] {
            assert_eq!(nonces.check(other, at(0)), None, "{other}");
        }
    }
}
