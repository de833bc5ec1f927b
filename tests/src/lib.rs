//! Holds the test suites of this workspace; see `tests/`.
