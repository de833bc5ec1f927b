//! A public key from a PEM file: `PUBLIC KEY`, or the key in a `CERTIFICATE`.

use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    VerificationAlgorithm,
};
use jsonwebtoken::Algorithm;
use reqwest::tls::Certificate;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};

use super::key::{Key, Unusable, check_rsa, rsa_parameters};

/// Why a file is no public key that can serve.
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
    /// The key of a PEM file, for those of the accepted algorithms that fit its type. Of a
    /// certificate the key alone counts, not its dates or its issuer.
    ///
    /// # Errors
    /// If there is no such key in it, or one that cannot serve.
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
        Ok(Self::of_public(verifiers))
    }
}

fn info_of_certificate(pem: &[u8]) -> Result<SubjectPublicKeyInfoDer<'static>, NotAPublicKey> {
    let certificate = CertificateDer::from_pem_slice(pem).map_err(|_| NotAPublicKey::Pem)?;
    let certificate = webpki::EndEntityCert::try_from(&certificate);
    Ok(certificate
        .map_err(|_| NotAPublicKey::Certificate)?
        .subject_public_key_info())
}

/// `None` if the key is of another type.
fn parse(info: &[u8], algorithm: Algorithm) -> Option<ParsedPublicKey> {
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm {
        Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::ES384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::EdDSA => &ED25519,
        rsa => rsa_parameters(rsa)?,
    };
    ParsedPublicKey::new(algorithm, info).ok()
}

/// The certificate authorities of a PEM file.
///
/// # Errors
/// If there is none in it, or one that cannot be read.
pub(crate) fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, NotAPublicKey> {
    let certificates = Certificate::from_pem_bundle(pem).map_err(|_| NotAPublicKey::Certificate)?;
    if certificates.is_empty() {
        Err(NotAPublicKey::Pem)
    } else {
        Ok(certificates)
    }
}
