//! Creates tokens for the page with the local issuer, both valid and with a deliberate defect.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::issuer::{LocalIssuer, TokenBuilder};

/// What the page asks for. A field that is missing changes nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenOrder {
    /// The user whose token it is, by `sub`.
    user: Option<String>,
    /// Claims to set. `null` removes one.
    #[serde(default)]
    claims: Map<String, Value>,
    /// In seconds.
    lifetime: Option<u64>,
    defect: Option<Defect>,
}

/// What is wrong with the token on purpose.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Defect {
    Expired,
    NotYetValid,
    OtherAudience,
    OtherIssuer,
    OtherKey,
    UnknownKey,
    Tampered,
    AlgorithmNone,
}

impl TokenOrder {
    /// Makes the token; `None` if there is no such user.
    pub(super) fn mint(self, issuer: &LocalIssuer) -> Option<String> {
        let mut token = match &self.user {
            Some(subject) => issuer.token_for(subject)?,
            None => issuer.token(),
        };
        if let Some(seconds) = self.lifetime {
            token = token.lifetime(Duration::from_secs(seconds));
        }
        for (name, value) in self.claims {
            token = match (name.as_str(), value) {
                // The builder knows where else the API reads scopes.
                ("scope", Value::String(scope)) => token.scope(scope),
                ("scope", Value::Null) => token.scope("").without_claim("scope"),
                (name, Value::Null) => token.without_claim(name),
                (name, value) => token.claim(name, value),
            };
        }
        let token = match self.defect {
            Some(defect) => defect.apply(token),
            None => token,
        };
        Some(token.mint())
    }
}

impl Defect {
    fn apply(self, token: TokenBuilder<'_>) -> TokenBuilder<'_> {
        match self {
            Self::Expired => token.expired(),
            Self::NotYetValid => token.not_yet_valid(),
            Self::OtherAudience => token.other_audience(),
            Self::OtherIssuer => token.other_issuer(),
            Self::OtherKey => token.other_key(),
            Self::UnknownKey => token.unknown_key(),
            Self::Tampered => token.tampered(),
            Self::AlgorithmNone => token.header("alg", "none"),
        }
    }
}
