//! Checks a token's header (RFC 7515 §4.1).

use super::failure::{Malformed, Parameter, Part};
use crate::jwks::Algorithm;
use crate::token::{Document, Json, Object, quoted};

/// The values of a well-formed header.
///
/// Other parameters are never used, least of all `jku`, `jwk`, `x5u` and `x5c`, which would let a
/// token choose its own key.
pub(crate) struct Header<'h> {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<&'h str>,
    /// The token's type without `application/`.
    pub(crate) media_type: Option<&'h str>,
}

/// Reads the text of a header.
///
/// # Errors
/// Fails if it is not a JSON object.
pub(crate) fn parse(text: &str) -> Result<Document<&str>, Malformed> {
    Document::parse(text).map_err(|error| Malformed::Json(Part::Header, error))
}

impl<'h> Header<'h> {
    /// Checks a header. The type may be absent or one of these.
    ///
    /// # Errors
    /// Fails if the header asks for an extension, if a parameter has the wrong type, or if the type
    /// or the algorithm is not known.
    pub(crate) fn check(parameters: Object<'h>, types: &[&str]) -> Result<Self, Malformed> {
        // RFC 7515 §4.1.11: an unknown extension is a refusal, and no extension is known.
        if parameters.get("crit").is_some() {
            return Err(Malformed::CriticalExtension);
        }
        // RFC 8725 §3.6: compression before encryption leaks; signed tokens have no use for it.
        if parameters.get("zip").is_some() {
            return Err(Malformed::Compressed);
        }
        // RFC 7797: the payload would not be base64url.
        if !matches!(parameters.get("b64"), None | Some(Json::Bool(true))) {
            return Err(Malformed::UnencodedPayload);
        }
        let kid = string(parameters, Parameter::Kid)?;
        // RFC 8725 §3.11: a JWT made for something else, such as a logout token, has another type.
        let media_type = string(parameters, Parameter::Typ)?.map(subtype);
        if let Some(own) = media_type
            && !types.iter().any(|known| known.eq_ignore_ascii_case(own))
        {
            return Err(Malformed::Type(quoted(own)));
        }
        let alg = string(parameters, Parameter::Alg)?;
        let alg = alg.ok_or(Malformed::Parameter(Parameter::Alg))?;
        if alg == "none" {
            return Err(Malformed::Unsigned);
        }
        let algorithm = alg
            .parse()
            .map_err(|_| Malformed::UnknownAlgorithm(quoted(alg)))?;
        Ok(Self {
            algorithm,
            kid,
            media_type,
        })
    }

    /// Returns whether the token's type is this one.
    pub(crate) fn has_type(&self, media_type: &str) -> bool {
        self.media_type
            .is_some_and(|own| own.eq_ignore_ascii_case(media_type))
    }
}

/// Returns the string that the parameter is, if it is there.
fn string(parameters: Object<'_>, parameter: Parameter) -> Result<Option<&str>, Malformed> {
    match parameters.get(parameter.name()) {
        None => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text)),
            None => Err(Malformed::Parameter(parameter)),
        },
    }
}

/// Removes `application/`, which may be left out (RFC 7515 §4.1.9). Media types are compared without
/// case.
fn subtype(typ: &str) -> &str {
    match typ.split_once('/') {
        Some((tree, subtype)) if tree.eq_ignore_ascii_case("application") => subtype,
        _ => typ,
    }
}

#[cfg(test)]
mod tests;
