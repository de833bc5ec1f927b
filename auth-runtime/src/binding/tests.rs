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

fn verifier() -> ProofVerifier {
    ProofVerifier {
        base: Target::parse("https://resource.example.org").unwrap(),
        algorithms: [Algorithm::ES256].into(),
        age: Duration::from_secs(60),
        leeway: Duration::ZERO,
        nonces: None,
        known_keys: KnownKeys::default(),
    }
}

/// Verifies the example this long after it was made, with the path and the token of the request.
fn verify(seconds: u64, path: &str, token: &str) -> Result<(), ProofFailure> {
    verify_with(&verifier(), PROOF, seconds, path, token)
}

fn verify_with(
    verifier: &ProofVerifier,
    proof: &str,
    seconds: u64,
    path: &str,
    token: &str,
) -> Result<(), ProofFailure> {
    let key = URL_SAFE_NO_PAD.decode(THUMBPRINT).unwrap();
    let expected = Proven {
        method: "GET",
        path,
        token,
        key: &key.try_into().unwrap(),
    };
    let now = UNIX_EPOCH + Duration::from_secs(ISSUED + seconds);
    verifier.verify(proof, expected, now).map(|_| ())
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

#[test]
fn a_key_is_known_after_its_first_valid_proof_and_each_proof_is_still_checked() {
    let path = "/protectedresource";
    let verifier = verifier();
    let (header, rest) = PROOF.split_once('.').unwrap();
    let (message, _) = PROOF.rsplit_once('.').unwrap();
    let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode([1; 64]));
    for is_known in [false, true] {
        assert_eq!(verifier.known_keys.find(header).is_some(), is_known);
        let other = verify_with(&verifier, &forged, 0, path, TOKEN);
        assert!(matches!(other, Err(ProofFailure::Signature)), "{other:?}");
        assert_eq!(verifier.known_keys.find(header).is_some(), is_known);
        let late = verify_with(&verifier, PROOF, 61, path, TOKEN);
        assert!(matches!(late, Err(ProofFailure::TooOld(_))), "{late:?}");
        let elsewhere = verify_with(&verifier, PROOF, 0, "/other", TOKEN);
        assert!(matches!(elsewhere, Err(ProofFailure::OtherTarget { .. })));
        let token = verify_with(&verifier, PROOF, 0, path, "other");
        assert!(matches!(token, Err(ProofFailure::OtherToken)), "{token:?}");
        assert!(verify_with(&verifier, PROOF, 0, path, TOKEN).is_ok());
    }
    // The members of the JWK that are not part of the thumbprint count as well.
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let encrypting = text.replace(r#""crv":"P-256""#, r#""crv":"P-256","use":"enc""#);
    assert_ne!(encrypting, text);
    let proof = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(encrypting));
    let refused = verify_with(&verifier, &proof, 0, path, TOKEN);
    assert!(matches!(refused, Err(ProofFailure::Key(_))), "{refused:?}");
}
