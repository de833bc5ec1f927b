//! The shape of a token: a JWS in compact serialisation (RFC 7515 §7.1) and its header.

use std::borrow::Cow;
use std::fmt;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{DecodeSliceError, Engine as _};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use smallvec::SmallVec;

use super::failure::Failure;
use crate::jwks::Algorithm;
use crate::token::{Json, Names, Skipped, quoted};

const MOST_BYTES: usize = 16 * 1024;

/// The longest signature: that of an RSA key of 8192 bits.
const MOST_SIGNATURE_BYTES: usize = 1024;
/// Headers that are longer are decoded on the heap.
const USUAL_HEADER_BYTES: usize = 256;

/// The parts of a token, none of them verified.
pub(super) struct Jws<'t> {
    /// What the signature is over: header, dot and payload as they stand.
    pub(super) message: &'t str,
    pub(super) header: &'t str,
    payload: &'t str,
    signature: &'t str,
}

/// Room for a decoded header.
pub(super) struct HeaderRoom(SmallVec<[u8; USUAL_HEADER_BYTES]>);

/// A decoded signature.
pub(super) struct Signature([u8; MOST_SIGNATURE_BYTES], usize);

/// What a well-formed header says.
pub(super) struct Claimed<'h> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<Cow<'h, str>>,
    /// Whether its `typ` is that of RFC 9068.
    pub(super) is_at_jwt: bool,
}

impl<'t> Jws<'t> {
    pub(super) fn split(token: &'t str) -> Result<Self, Failure> {
        if token.len() > MOST_BYTES {
            return Err(Failure::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Failure::Parts)?;
        let (header, payload) = message.split_once('.').ok_or(Failure::Parts)?;
        if payload.contains('.') {
            return Err(Failure::Parts);
        }
        Ok(Self {
            message,
            header,
            payload,
            signature,
        })
    }

    pub(super) fn header<'h>(&self, room: &'h mut HeaderRoom) -> Result<Claimed<'h>, Failure> {
        room.0
            .resize(base64::decoded_len_estimate(self.header.len()), 0);
        let length = URL_SAFE_NO_PAD
            .decode_slice(self.header, &mut room.0)
            .map_err(|_| Failure::Encoding("header"))?;
        let header = room.0.get(..length).unwrap_or_default();
        let header = std::str::from_utf8(header).map_err(|_| Failure::Utf8("header"))?;
        let header: Header<'_> = serde_json::from_str(header)
            .map_err(|error| Failure::Json("header", error.column()))?;
        header.check()
    }

    pub(super) fn payload(&self) -> Result<Vec<u8>, Failure> {
        URL_SAFE_NO_PAD
            .decode(self.payload)
            .map_err(|_| Failure::Encoding("payload"))
    }

    pub(super) fn signature(&self) -> Result<Signature, Failure> {
        let mut bytes = [0; MOST_SIGNATURE_BYTES];
        match URL_SAFE_NO_PAD.decode_slice(self.signature, &mut bytes) {
            Ok(length) => Ok(Signature(bytes, length)),
            // Well-formed, and no key makes one of that size.
            Err(DecodeSliceError::OutputSliceTooSmall)
                if URL_SAFE_NO_PAD.decode(self.signature).is_ok() =>
            {
                Ok(Signature(bytes, 0))
            }
            Err(_) => Err(Failure::Encoding("signature")),
        }
    }
}

impl HeaderRoom {
    pub(super) fn new() -> Self {
        Self(SmallVec::new())
    }
}

impl Signature {
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.get(..self.1).unwrap_or_default()
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

impl<'h> Header<'h> {
    fn is_at_jwt(&self) -> bool {
        matches!(&self.typ, Some(Json::Text(typ)) if subtype(typ).eq_ignore_ascii_case("at+jwt"))
    }

    fn check(self) -> Result<Claimed<'h>, Failure> {
        let is_at_jwt = self.is_at_jwt();
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
            Some(Json::Text(kid)) => Some(kid),
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
        Ok(Claimed {
            algorithm,
            kid,
            is_at_jwt,
        })
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
