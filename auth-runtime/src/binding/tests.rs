use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::proof::Proven;
use super::*;
use crate::jwks::Algorithm;

/// The example of RFC 9449 §7.1, and the thumbprint of its key (§6.1).
const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
const ISSUED: u64 = 1_562_262_618;

/// Verifies the example this long after it was made, with the path and the token of the request.
fn verify(seconds: u64, path: &str, token: &str) -> Result<(), ProofFailure> {
    let verifier = ProofVerifier {
        base: Target::parse("https://resource.example.org").unwrap(),
        algorithms: [Algorithm::ES256].into(),
        age: Duration::from_secs(60),
        leeway: Duration::ZERO,
        nonces: None,
        known_keys: KnownKeys::default(),
    };
    let key = URL_SAFE_NO_PAD.decode(THUMBPRINT).unwrap();
    let expected = Proven {
        method: "GET",
        path,
        token,
        key: &key.try_into().unwrap(),
    };
    let now = UNIX_EPOCH + Duration::from_secs(ISSUED + seconds);
    verifier.verify(PROOF, expected, now).map(|_| ())
}

#[test]
fn the_example_of_the_rfc_is_valid_in_its_time() {
    let path = "/protectedresource";
    assert!(verify(0, path, TOKEN).is_ok());
    assert!(verify(60, path, TOKEN).is_ok());
    let late = verify(61, path, TOKEN);
    assert!(matches!(late, Err(ProofFailure::TooOld(_))), "{late:?}");
}

#[test]
fn the_example_of_the_rfc_is_for_its_request_only() {
    let path = verify(0, "/other", TOKEN);
    assert!(matches!(path, Err(ProofFailure::OtherTarget { .. })));
    let token = verify(0, "/protectedresource", "other");
    assert!(matches!(token, Err(ProofFailure::OtherToken)));
}
