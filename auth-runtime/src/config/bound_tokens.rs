//! Configures tokens that are bound to a key: DPoP (RFC 9449) and mutual TLS (RFC 8705).

use std::time::Duration;

use rocket::figment::value::Value;
use rocket::http::uncased::Uncased;

use super::algorithms::algorithms;
use super::key::{Key, OptionalKey, keys};
use super::public_url::{PUBLIC_URL, PublicUrl};
use super::reader::Reader;
use super::values::{choice, decode_base64, flag, positive_seconds, text, texts, whole_number};
use crate::binding::TrustedProxies;
use crate::jwks::Algorithm;

/// Which tokens are accepted, depending on whether they are bound to a key in a given way.
///
/// [Bound tokens](crate::guide::bound_tokens) describes both ways, and how to roll them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingMode {
    /// Only tokens that are not bound in this way.
    Off,
    /// Tokens that are bound in this way, and tokens that are not.
    Allow,
    /// Only tokens that are bound in this way.
    Require,
}

/// The mechanisms that are on.
#[derive(Debug)]
pub(crate) struct BoundTokenSettings {
    pub(crate) dpop: Option<DpopSettings>,
    pub(crate) mtls: Option<MtlsSettings>,
}

/// How DPoP proofs are checked.
#[derive(Debug)]
pub(crate) struct DpopSettings {
    pub(crate) is_required: bool,
    pub(crate) public_url: PublicUrl,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) proof_age: Duration,
    pub(crate) max_proofs: usize,
    pub(crate) nonce: NonceSettings,
}

/// The nonce that proofs must carry.
#[derive(Debug)]
pub(crate) enum NonceSettings {
    Off,
    /// One that this process issued.
    RandomKey,
    /// One that any process with this key issued.
    SharedKey(NonceKey),
}

/// The key that authenticates nonces.
#[derive(Clone)]
pub(crate) struct NonceKey(pub(crate) [u8; 32]);

/// How client certificates are checked.
#[derive(Debug)]
pub(crate) struct MtlsSettings {
    pub(crate) is_required: bool,
    pub(crate) source: CertificateSource,
}

/// Where client certificates come from.
#[derive(Debug)]
pub(crate) enum CertificateSource {
    /// From Rocket's own mutual TLS.
    Rocket,
    /// From a header, if one of these proxies sent it.
    Header {
        name: Uncased<'static>,
        proxies: TrustedProxies,
    },
}

keys! {
    /// `"allow"` accepts tokens that are bound to a DPoP key (RFC 9449) with a proof, beside tokens
    /// that are not bound. `"require"` accepts only tokens that are bound. With `"off"`, bound tokens
    /// are refused.
    DPOP: Key<BindingMode> = ("dpop", Auth, "\"off\"", binding_mode);

    /// The accepted `alg` of DPoP proofs, one or a list.
    DPOP_ALGORITHMS: Key<Vec<Algorithm>> = ("dpop_algorithms", Auth,
        "[\"ES256\", \"ES384\", \"PS256\", \"EdDSA\"]", proof_algorithms);

    /// How old a DPoP proof may be, in seconds. `leeway` is added. A proof may also be up to 10 seconds
    /// early.
    DPOP_PROOF_AGE: Key<Duration> = ("dpop_proof_age", Auth, "60", positive_seconds);

    /// How many used DPoP proofs are remembered, to detect replays. One key may take a tenth of the
    /// places. While all places are taken, requests with proofs are refused with 503.
    DPOP_MAX_PROOFS: Key<usize> = ("dpop_max_proofs", Auth, "100000", max_proofs);

    /// `true` requires DPoP proofs to carry a nonce that this API has issued.
    DPOP_NONCE: Key<bool> = ("dpop_nonce", Auth, "false", flag);

    /// 32 bytes in base64 that instances share, so that they accept each other's nonces.
    DPOP_NONCE_KEY: OptionalKey<NonceKey> =
        ("dpop_nonce_key", Auth, "random at each launch", nonce_key, is_secret = true);

    /// The same as `dpop` for tokens that are bound to a client certificate (RFC 8705).
    MTLS: Key<BindingMode> = ("mtls", Auth, "\"off\"", binding_mode);

    /// The header in which a proxy that terminates TLS hands on the client's certificate, in the form
    /// of RFC 9440: `Client-Cert: :BASE64:`.
    CLIENT_CERTIFICATE_HEADER: OptionalKey<Uncased<'static>> = ("client_certificate_header", Auth,
        "none: the certificate of Rocket's own mutual TLS (feature `mtls`)", header_name);

    /// The addresses or CIDR blocks of the proxies whose `client_certificate_header` is believed. From
    /// any other address the header is ignored.
    TRUSTED_PROXIES: OptionalKey<TrustedProxies> = ("trusted_proxies", Auth,
        "none; required by `client_certificate_header`", trusted_proxies);
}

impl BindingMode {
    const ALL: [Self; 3] = [Self::Off, Self::Allow, Self::Require];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Allow => "allow",
            Self::Require => "require",
        }
    }
}

impl BoundTokenSettings {
    pub(super) fn read(reader: &mut Reader, public_url: Option<&PublicUrl>) -> Self {
        Self {
            dpop: read_dpop(reader, public_url),
            mtls: read_mtls(reader),
        }
    }
}

fn read_dpop(reader: &mut Reader, public_url: Option<&PublicUrl>) -> Option<DpopSettings> {
    let mode = reader.value(&DPOP);
    let algorithms = reader.value(&DPOP_ALGORITHMS);
    let proof_age = reader.value(&DPOP_PROOF_AGE);
    let max_proofs = reader.value(&DPOP_MAX_PROOFS);
    let nonce_key = reader.optional(&DPOP_NONCE_KEY);
    let nonce = match (reader.value(&DPOP_NONCE), nonce_key) {
        (false, _) => NonceSettings::Off,
        (true, None) => NonceSettings::RandomKey,
        (true, Some(key)) => NonceSettings::SharedKey(key),
    };
    if mode == BindingMode::Off {
        return None;
    }
    if !reader.is_set(&PUBLIC_URL) {
        reader.problem(
            &DPOP,
            "it needs `public_url`, because proofs name the URL that clients write: set it, such as \
             to `https://api.example.com`",
        );
    }
    Some(DpopSettings {
        is_required: mode == BindingMode::Require,
        public_url: public_url?.clone(),
        algorithms,
        proof_age,
        max_proofs,
        nonce,
    })
}

fn read_mtls(reader: &mut Reader) -> Option<MtlsSettings> {
    let mode = reader.value(&MTLS);
    let header = reader.optional(&CLIENT_CERTIFICATE_HEADER);
    let proxies = reader.optional(&TRUSTED_PROXIES);
    if reader.is_set(&CLIENT_CERTIFICATE_HEADER) && !reader.is_set(&TRUSTED_PROXIES) {
        reader.problem(
            &CLIENT_CERTIFICATE_HEADER,
            "it needs `trusted_proxies`, because any client could send this header: set it to the \
             addresses of your proxies",
        );
    }
    if mode == BindingMode::Off {
        return None;
    }
    let needs_feature = !cfg!(feature = "mtls") && !reader.is_set(&CLIENT_CERTIFICATE_HEADER);
    if needs_feature {
        reader.problem(
            &MTLS,
            "it needs the feature `mtls` of auth-runtime, for Rocket's own mutual TLS: switch it on in \
             Cargo.toml, or set `client_certificate_header` if a proxy terminates TLS",
        );
    }
    let proxies = proxies.unwrap_or_default();
    let source = header.map_or(CertificateSource::Rocket, |name| {
        CertificateSource::Header { name, proxies }
    });
    Some(MtlsSettings {
        is_required: mode == BindingMode::Require,
        source,
    })
}

fn binding_mode(value: &Value) -> Result<BindingMode, String> {
    choice(value, &BindingMode::ALL.map(|mode| (mode.name(), mode)))
}

fn proof_algorithms(value: &Value) -> Result<Vec<Algorithm>, String> {
    let mut unique = Vec::new();
    for algorithm in algorithms(value)? {
        if !unique.contains(&algorithm) {
            unique.push(algorithm);
        }
    }
    Ok(unique)
}

fn max_proofs(value: &Value) -> Result<usize, String> {
    /// Each proof takes about a hundred bytes.
    const MAX: usize = 100_000_000;

    let number = whole_number(value).and_then(|number| usize::try_from(number).ok());
    match number {
        Some(number @ 1..=MAX) => Ok(number),
        _ => Err(format!("it must be a number of proofs, from 1 to {MAX}")),
    }
}

fn nonce_key(value: &Value) -> Result<NonceKey, String> {
    let bytes = decode_base64(&text(value)?)?;
    let length = bytes.len();
    bytes
        .try_into()
        .map(NonceKey)
        .map_err(|_| format!("it has {length} bytes: make one of 32 by `openssl rand -base64 32`"))
}

fn header_name(value: &Value) -> Result<Uncased<'static>, String> {
    let name = text(value)?;
    // RFC 9110 §5.6.2.
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.bytes().all(is_token) {
        Ok(name.into())
    } else {
        Err("it is not the name of a header: write it as `Client-Cert`".to_owned())
    }
}

fn trusted_proxies(value: &Value) -> Result<TrustedProxies, String> {
    let blocks = texts(value)?;
    TrustedProxies::parse(&blocks)
        .map_err(|block| format!("`{block}` is neither an IP address nor a CIDR block"))
}

/// Hides the key, which is a secret.
impl std::fmt::Debug for NonceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NonceKey")
    }
}

#[cfg(test)]
mod tests;
