//! Reads public keys from PEM files: a `PUBLIC KEY`, or the key in a `CERTIFICATE`.

use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    VerificationAlgorithm,
};
use reqwest::tls::Certificate;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};

use super::algorithm::{Algorithm, KeyType};
use super::key::{Key, Unusable, check_rsa, is_ed25519, rsa_parameters};

/// The reason why a file does not have a usable public key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAPublicKey {
    #[error("it has neither a `PUBLIC KEY` nor a `CERTIFICATE` in PEM form")]
    Pem,
    #[error("its certificate cannot be read")]
    Certificate,
    #[error("its key cannot serve: {0}")]
    Unusable(#[from] Unusable),
}

impl Key {
    /// Parses the key of a PEM file for those of the accepted algorithms that fit its type. Only
    /// the key of a certificate is used: its dates and its issuer are ignored.
    ///
    /// # Errors
    /// Fails if the file does not have such a key, or if the key cannot be used.
    pub(crate) fn from_pem(pem: &[u8], accepted: &[Algorithm]) -> Result<Self, NotAPublicKey> {
        let info = match SubjectPublicKeyInfoDer::from_pem_slice(pem) {
            Ok(info) => info,
            Err(_) => info_of_certificate(pem)?,
        };
        let parse = |algorithm: &Algorithm| Some((*algorithm, parse(&info, *algorithm)?));
        let verifiers: Vec<_> = accepted.iter().filter_map(parse).collect();
        let Some((first, _)) = verifiers.first() else {
            return Err(Unusable::Type.into());
        };
        if rsa_parameters(*first).is_some() {
            let public = rsa::PublicKey::from_der(&info).map_err(|_| Unusable::Parameters)?;
            let (n, e) = (public.modulus(), public.exponent());
            check_rsa(
                n.big_endian_without_leading_zero(),
                e.big_endian_without_leading_zero(),
            )?;
        }
        Ok(Self::from_public(verifiers))
    }
}

fn info_of_certificate(pem: &[u8]) -> Result<SubjectPublicKeyInfoDer<'static>, NotAPublicKey> {
    let certificate = CertificateDer::from_pem_slice(pem).map_err(|_| NotAPublicKey::Pem)?;
    let certificate = webpki::EndEntityCert::try_from(&certificate);
    Ok(certificate
        .map_err(|_| NotAPublicKey::Certificate)?
        .subject_public_key_info())
}

/// Parses the key for this algorithm. Returns `None` if the key has another type.
fn parse(info: &[u8], algorithm: Algorithm) -> Option<ParsedPublicKey> {
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm.key_type() {
        KeyType::P256 => &ECDSA_P256_SHA256_FIXED,
        KeyType::P384 => &ECDSA_P384_SHA384_FIXED,
        // The point is at the end of the key (RFC 8410 §4).
        KeyType::Ed25519 => info
            .last_chunk()
            .filter(|key| is_ed25519(key))
            .map(|_| &ED25519)?,
        KeyType::Rsa => rsa_parameters(algorithm)?,
        KeyType::Secret => return None,
    };
    ParsedPublicKey::new(algorithm, info).ok()
}

/// Reads the certificate authorities of a PEM file.
///
/// # Errors
/// Fails if the file does not have any, or if one of them cannot be read.
pub(crate) fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, NotAPublicKey> {
    let certificates = Certificate::from_pem_bundle(pem).map_err(|_| NotAPublicKey::Certificate)?;
    if certificates.is_empty() {
        Err(NotAPublicKey::Pem)
    } else {
        Ok(certificates)
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_keys::{ALL, TestKey, pem};
    use super::*;
    use crate::jwks::KeySet;

    fn error(pem: &str, accepted: &[Algorithm]) -> String {
        Key::from_pem(pem.as_bytes(), accepted)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_public_key_is_used_with_algorithms_of_its_type() {
        for key in TestKey::every() {
            let set = KeySet::from_key(Key::from_pem(key.pem().as_bytes(), &ALL).unwrap());
            for algorithm in ALL {
                let fits = std::ptr::eq(TestKey::for_algorithm(algorithm), key);
                assert_eq!(set.serves(Some("any"), algorithm), fits, "{algorithm:?}");
                if fits {
                    let signature = key.sign(algorithm, b"message");
                    assert!(
                        set.candidates(None, algorithm)
                            .all(|key| key.has_signed(b"message", &signature))
                    );
                }
            }
        }
    }

    #[test]
    fn the_key_of_a_certificate_is_used() {
        for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
            let pair = rcgen::KeyPair::generate_for(algorithm).unwrap();
            let certificate = rcgen::CertificateParams::new(vec!["issuer.invalid".to_owned()]);
            let certificate = certificate.unwrap().self_signed(&pair).unwrap();
            assert!(Key::from_pem(certificate.pem().as_bytes(), &ALL).is_ok());
        }
    }

    #[test]
    fn an_ed25519_key_off_its_curve_does_not_serve() {
        let parsed = |y: u8| {
            // RFC 8410 §4 puts the algorithm before the point.
            let mut der = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\0".to_vec();
            der.push(y);
            der.extend([0; 31]);
            Key::from_pem(pem("PUBLIC KEY", &der).as_bytes(), &ALL)
        };
        assert!(parsed(3).is_ok());
        for y in [1, 2] {
            assert!(parsed(y).is_err(), "{y}");
        }
    }

    #[test]
    fn a_message_says_that_no_algorithm_fits_the_key() {
        let rsa = TestKey::for_algorithm(Algorithm::RS256).pem();
        assert_eq!(
            error(&rsa, &[Algorithm::ES256, Algorithm::EdDSA]),
            "its key cannot serve: no accepted algorithm fits its type"
        );
        let p384 = TestKey::for_algorithm(Algorithm::ES384).pem();
        assert!(error(&p384, &[Algorithm::ES256, Algorithm::RS256]).contains("fits its type"));
    }

    #[test]
    fn a_message_says_that_an_rsa_key_is_too_small() {
        // This is the public half of a key of 1024 bits, from `openssl genrsa 1024`.
        const SMALL: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDYn3dp06ce3PUPUVWrsjDbFI9Q
kMwaOtVfVWFISZEkpabPJRLhiCMqlTid1WhjrPxBvnNRmNDZdo/9CyzOVLBHFoI+
ezz7pXKrT9H4dsE99jwRjhXJbOaL3u+ioVytpKwWcZqr8v6RFTEpjzjwsRwc1/4i
ShOOTy6UWh1/nsu7DQIDAQAB
-----END PUBLIC KEY-----
";
        assert_eq!(
            error(SMALL, &ALL),
            "its key cannot serve: its RSA modulus has 1024 bits instead of 2048 to 8192"
        );
    }

    #[test]
    fn a_message_says_that_a_file_has_no_public_key() {
        let neither = "it has neither a `PUBLIC KEY` nor a `CERTIFICATE` in PEM form";
        for text in [
            "",
            "key",
            "-----BEGIN PUBLIC KEY-----\n",
            &pem("PRIVATE KEY", &[1]),
        ] {
            assert_eq!(error(text, &ALL), neither, "{text}");
        }
        assert_eq!(
            error(&pem("CERTIFICATE", &[1, 2]), &ALL),
            "its certificate cannot be read"
        );
        assert!(error(&pem("PUBLIC KEY", &[1, 2]), &ALL).starts_with("its key cannot serve"));
    }

    #[test]
    fn a_file_of_authorities_has_at_least_one() {
        assert!(authorities(b"").is_err());
        assert!(authorities(TestKey::for_algorithm(Algorithm::ES256).pem().as_bytes()).is_err());
    }
}
