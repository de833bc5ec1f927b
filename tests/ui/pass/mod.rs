//! Code that compiles, and the policies that it declares.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::pedantic,
    reason = "the cases show what compiles; nothing else uses them"
)]

mod arguments;
mod arguments_from_macros;
mod by_path;
mod claims;
mod conditional;
mod constants_as_scopes;
mod every_character_of_a_scope;
mod every_route_attribute;
mod groups_and_flags;
mod handlers_from_macros;
mod handlers_of_every_shape;
mod import_under_another_name;
mod in_unusual_places;
mod login;
mod mixed_kinds;
mod modules;
mod mounted;
mod no_warnings;
mod other_attributes;
mod protected_modules;
mod rules;
mod stacked;
mod uri;
