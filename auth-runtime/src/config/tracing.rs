//! Reads what traces show.

use super::key::{Key, keys};
use super::reader::Reader;
use super::values::flag;

keys! {
    /// `true` adds the claim `sub` to the spans of verifications (feature `tracing`).
    TRACE_SUBJECT: Key<bool> = ("trace_subject", Auth, "false", flag);
}

/// Returns whether spans have the subject.
pub(super) fn read(reader: &mut Reader) -> bool {
    let is_on = reader.value(&TRACE_SUBJECT);
    if is_on && cfg!(not(feature = "tracing")) {
        reader.problem(
            &TRACE_SUBJECT,
            "it needs the feature `tracing` of auth-runtime: switch it on in Cargo.toml, or remove \
             the key",
        );
    }
    is_on
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, read};

    #[test]
    fn the_subject_is_shown_only_if_it_is_switched_on() {
        assert!(!read(BOTH).unwrap().trace_subject);
        let switched_on = read(&format!("{BOTH}trace_subject = true"));
        if cfg!(feature = "tracing") {
            assert!(switched_on.unwrap().trace_subject);
        } else {
            assert_eq!(
                switched_on.unwrap_err(),
                [
                    "`auth.trace_subject` (from Rocket.toml): it needs the feature `tracing` of \
                     auth-runtime: switch it on in Cargo.toml, or remove the key"
                ]
            );
        }
    }
}
