//! Drives the grammar of the lock file.

use crate::policy::PolicyText;
use crate::routes::PolicyLock;

/// Parses the text of a lock file, and each line as a policy.
///
/// # Panics
/// Panics if what is printed for it is not parsed to the same.
pub fn lock_file(text: &str) {
    if let Ok(lock) = PolicyLock::parse(text) {
        let printed = lock.to_string();
        assert_eq!(PolicyLock::parse(&printed), Ok(lock), "{printed}");
    }
    for line in text.lines() {
        if let Some(policy) = PolicyText::parse(line) {
            let printed = policy.to_string();
            assert_eq!(PolicyText::parse(&printed), Some(policy), "{printed}");
        }
    }
}
