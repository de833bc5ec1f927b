#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| auth_runtime::fuzzing::target(text));
