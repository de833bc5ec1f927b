//! A header and a payload, separated by a line break, become a signed token that this crate and
//! jsonwebtoken read.
#![no_main]

use auth_runtime::fuzzing::{SECRET, differential};
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, decode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (header, payload) = text.split_once('\n').unwrap_or((r#"{"alg":"HS256"}"#, text));
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", encode(header), encode(payload));
    let key = EncodingKey::from_secret(&SECRET);
    let Ok(signature) = sign(message.as_bytes(), &key, Algorithm::HS256) else {
        return;
    };
    let token = format!("{message}.{signature}");
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(&SECRET);
    let theirs = decode::<serde_json::Value>(&token, &key, &validation);
    differential(&token, theirs.ok().map(|token| token.claims).as_ref());
});
