//! The suites of this workspace, one module a subject.

// What clippy.toml allows in tests, for the functions that tests share.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod access_token;
mod authorization_header;
mod bound_tokens;
mod catchers;
mod claims;
mod configuration;
mod configuration_errors;
mod cors;
mod dependencies;
mod docs;
mod forged_tokens;
mod introspection;
mod key_outage;
mod key_rotation;
mod key_sets;
mod keys;
mod launch;
mod local_issuer;
mod log;
mod order;
mod policies;
mod providers;
mod revocation;
mod scopes;
mod seed_app;
mod status;
mod support;
mod telemetry;
mod token_memory;
mod token_shape;
mod ui;
