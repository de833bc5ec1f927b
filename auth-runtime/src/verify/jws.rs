//! The shape of a token: a JWS in compact serialisation (RFC 7515 §7.1) and its header.

use std::fmt;

use jsonwebtoken::Algorithm;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::decode;
use super::failure::{Failure, quoted};
use crate::token::{Json, Names, Skipped};

const MOST_BYTES: usize = 16 * 1024;

/// A token that is well-formed. Nothing of it is verified.
pub(super) struct Jws<'t> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<Box<str>>,
    /// Whether its `typ` is that of RFC 9068.
    pub(super) is_at_jwt: bool,
    /// What the signature is over: header, dot and payload as they stand.
    pub(super) message: &'t str,
    pub(super) signature: Vec<u8>,
    payload: Vec<u8>,
}

impl<'t> Jws<'t> {
    pub(super) fn parse(token: &'t str) -> Result<Self, Failure> {
        if token.len() > MOST_BYTES {
            return Err(Failure::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Failure::Parts)?;
        let (header, payload) = message.split_once('.').ok_or(Failure::Parts)?;
        if payload.contains('.') {
            return Err(Failure::Parts);
        }
        let header = decode(header, "header")?;
        let payload = decode(payload, "payload")?;
        let signature = decode(signature, "signature")?;
        let header = std::str::from_utf8(&header).map_err(|_| Failure::Utf8("header"))?;
        let header: Header<'_> = serde_json::from_str(header)
            .map_err(|error| Failure::Json("header", error.column()))?;
        let is_at_jwt = header.is_at_jwt();
        let (algorithm, kid) = header.check()?;
        Ok(Self {
            algorithm,
            kid,
            is_at_jwt,
            message,
            signature,
            payload,
        })
    }

    pub(super) fn payload_text(&self) -> Result<&str, Failure> {
        std::str::from_utf8(&self.payload).map_err(|_| Failure::Utf8("payload"))
    }
}

/// The header parameters that we read (RFC 7515 §4.1). What else stands there is never used, least
/// of all `jku`, `jwk`, `x5u` and `x5c`, which would let a token choose its own key.
#[derive(Default)]
struct Header<'a> {
    alg: Option<Json<'a>>,
    kid: Option<Json<'a>>,
    typ: Option<Json<'a>>,
    b64: Option<Json<'a>>,
    crit: bool,
    zip: bool,
}

impl Header<'_> {
    fn is_at_jwt(&self) -> bool {
        matches!(&self.typ, Some(Json::Text(typ)) if subtype(typ).eq_ignore_ascii_case("at+jwt"))
    }

    fn check(self) -> Result<(Algorithm, Option<Box<str>>), Failure> {
        // RFC 7515 §4.1.11: an extension that is not understood is a refusal, and none is.
        if self.crit {
            return Err(Failure::Critical);
        }
        // RFC 8725 §3.6: compression before encryption leaks; for signed tokens it has no use.
        if self.zip {
            return Err(Failure::Compressed);
        }
        // RFC 7797: the payload would not be base64url.
        if !matches!(self.b64, None | Some(Json::Bool(true))) {
            return Err(Failure::Unencoded);
        }
        let kid = match self.kid {
            None => None,
            Some(Json::Text(kid)) => Some(kid.into()),
            Some(_) => return Err(Failure::Parameter("kid")),
        };
        match self.typ {
            None => {}
            Some(Json::Text(typ)) if is_token_type(&typ) => {}
            Some(Json::Text(typ)) => return Err(Failure::Type(quoted(&typ))),
            Some(_) => return Err(Failure::Parameter("typ")),
        }
        let Some(Json::Text(alg)) = self.alg else {
            return Err(Failure::Parameter("alg"));
        };
        let algorithm = alg.parse().map_err(|_| Failure::Algorithm(quoted(&alg)))?;
        Ok((algorithm, kid))
    }
}

/// RFC 8725 §3.11: a JWT made for something else, such as a logout token, says so in its type.
fn is_token_type(typ: &str) -> bool {
    ["JWT", "at+jwt"]
        .iter()
        .any(|known| subtype(typ).eq_ignore_ascii_case(known))
}

/// RFC 7515 §4.1.9: `application/` may be left out, and media types have no case.
fn subtype(typ: &str) -> &str {
    match typ.split_once('/') {
        Some((tree, subtype)) if tree.eq_ignore_ascii_case("application") => subtype,
        _ => typ,
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Header<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HeaderVisitor;

        impl<'de> Visitor<'de> for HeaderVisitor {
            type Value = Header<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header<'de>, A::Error> {
                let mut header = Header::default();
                let mut names = Names::default();
                while let Some(name) = names.next(&mut map)? {
                    let parameter = match name {
                        "alg" => &mut header.alg,
                        "kid" => &mut header.kid,
                        "typ" => &mut header.typ,
                        "b64" => &mut header.b64,
                        other => {
                            header.crit |= other == "crit";
                            header.zip |= other == "zip";
                            map.next_value::<Skipped>()?;
                            continue;
                        }
                    };
                    *parameter = Some(map.next_value()?);
                }
                Ok(header)
            }
        }

        deserializer.deserialize_map(HeaderVisitor)
    }
}
