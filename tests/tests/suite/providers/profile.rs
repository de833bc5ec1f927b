//! Reads the files of the corpus.

use std::fs;
use std::path::Path;

use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};
use rocket::serde::Deserialize;
use serde_json::{Deserializer, Value};

use super::{Algorithm, App, TestKey, now};

/// A provider: its configuration, its tokens, and the answers of its servers.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde", deny_unknown_fields)]
pub(super) struct Profile {
    /// The heading in docs/providers.md.
    pub(super) provider: String,
    /// The name of the reply to the token, or `None` if the token is accepted.
    pub(super) reply: Option<String>,
    /// The configuration, as in `Rocket.toml`.
    pub(super) recipe: String,
    /// The header and the payload.
    pub(super) token: String,
    pub(super) algorithm: Algorithm,
    pub(super) scopes: Vec<String>,
    pub(super) permissions: Vec<String>,
    pub(super) roles: Vec<String>,
    /// The hosts that the site replaces.
    pub(super) hosts: Vec<String>,
    pub(super) keys: Keys,
    pub(super) metadata: Option<Metadata>,
    /// Changes of the token that lead to a refusal.
    #[serde(default)]
    pub(super) refused: Vec<RefusedChange>,
}

/// The key set and how it is served.
#[derive(Deserialize)]
#[serde(crate = "rocket::serde", deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) path: String,
    pub(super) content_type: String,
    pub(super) cache_control: Option<String>,
    pub(super) required_accept: Option<String>,
    /// Members of the signing key, as JSON.
    pub(super) members: String,
    /// Members of the other keys, as JSON.
    pub(super) others: Vec<String>,
}

#[derive(Deserialize)]
#[serde(crate = "rocket::serde", deny_unknown_fields)]
pub(super) struct Metadata {
    pub(super) path: String,
    pub(super) body: String,
}

#[derive(Deserialize)]
#[serde(crate = "rocket::serde", deny_unknown_fields)]
pub(super) struct RefusedChange {
    pub(super) case: String,
    /// The changed claims, as JSON.
    pub(super) changes: String,
    pub(super) reply: String,
}

/// The `kid` of the key that signs the tokens.
pub(super) const KEY_ID: &str = "a";

impl Profile {
    /// Reads the whole corpus.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers");
        let files = fs::read_dir(folder).expect("the corpus is a folder");
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "the corpus is empty");
        files.into_iter().map(|file| {
            Figment::from(Toml::file_exact(&file))
                .extract()
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        })
    }

    /// Replaces the provider's hosts in a text by the address of the site that replaces them.
    pub(super) fn at(&self, site: &App, text: &str) -> String {
        let site = format!("http://127.0.0.1:{}", site.port());
        let replace = |text: String, host: &String| text.replace(host, &site);
        self.hosts.iter().fold(text.to_owned(), replace)
    }

    /// Signs the provider's token with these changes of its claims. `null` removes a claim.
    pub(super) fn token(&self, site: &App, changes: &Value) -> String {
        let text = self.at(site, &self.token);
        let mut parts = Deserializer::from_str(&text).into_iter::<Value>();
        let mut next = || {
            parts
                .next()
                .expect("header and payload")
                .expect("valid JSON")
        };
        let (mut header, mut payload) = (next(), next());
        let members = header.as_object_mut().expect("the header is an object");
        members.entry("kid").or_insert_with(|| KEY_ID.into());
        payload["iat"] = now().into();
        payload["exp"] = (now() + 600).into();
        let changes = self.at(site, &changes.to_string());
        let changes: Value = serde_json::from_str(&changes).expect("changes are JSON");
        let claims = payload.as_object_mut().expect("the payload is an object");
        for (name, value) in changes.as_object().expect("changes are an object") {
            match value {
                Value::Null => claims.remove(name),
                value => claims.insert(name.clone(), value.clone()),
            };
        }
        TestKey::for_algorithm(self.algorithm).token(self.algorithm, &header, &payload)
    }
}
