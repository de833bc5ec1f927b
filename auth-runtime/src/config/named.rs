//! Describes the issuers that a table names, for the groups that read their keys.

use super::key::Row;
use crate::jwks::Algorithm;

/// The issuers that a table names.
pub(super) struct Named<'a> {
    /// The key that names them.
    pub(super) key: &'static Row,
    pub(super) names: &'a [String],
    pub(super) algorithms: &'a [Algorithm],
    /// The hosts that may be asked over plain HTTP.
    pub(super) http_hosts: &'a [String],
}
