//! The test suites of this workspace. Each module is about one subject.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows them in tests, and tests share functions"
)]

mod access_token;
mod authorization_header;
mod bound_tokens;
mod catchers;
mod check;
mod claims;
mod configuration;
mod configuration_errors;
mod console;
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
mod misplaced_configuration;
mod openapi;
mod order;
mod own_replies;
mod policies;
mod providers;
mod revocation;
mod scopes;
mod seed_app;
mod status;
mod support;
mod telemetry;
mod test_api;
mod token_header;
mod token_memory;
mod token_payload;
mod ui;
