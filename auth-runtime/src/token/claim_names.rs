//! Names the claims that hold grants.

/// The names of the claims that hold grants, or JSON pointers to them (RFC 6901), which begin with
/// `/`.
#[derive(Clone, Debug)]
pub(crate) struct ClaimNames {
    pub(crate) scopes: Vec<String>,
    pub(crate) permissions: String,
    pub(crate) roles: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            scopes: vec!["scope".to_owned(), "scp".to_owned()],
            permissions: "permissions".to_owned(),
            roles: "roles".to_owned(),
        }
    }
}
