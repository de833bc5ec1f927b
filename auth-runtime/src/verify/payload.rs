//! Reads the claims of a token when the order of the checks allows it.

use super::failure::{Malformed, Part};
use crate::token::{Document, Object};

/// The payload of a token.
pub(super) enum Payload {
    Unread(Vec<u8>),
    Read(Document<String>),
}

impl Payload {
    /// Reads the claims, unless they were read before.
    ///
    /// # Errors
    /// Fails if the payload is not a JSON object.
    pub(super) fn read(self) -> Result<Document<String>, Malformed> {
        match self {
            Self::Unread(bytes) => {
                let text = String::from_utf8(bytes);
                let text = text.map_err(|_| Malformed::NotUtf8(Part::Payload))?;
                Document::parse(text).map_err(|error| Malformed::Json(Part::Payload, error))
            }
            Self::Read(claims) => Ok(claims),
        }
    }

    /// Returns the claims if they were read.
    pub(super) fn claims(&self) -> Option<Object<'_>> {
        match self {
            Self::Unread(_) => None,
            Self::Read(claims) => Some(claims.object()),
        }
    }
}
