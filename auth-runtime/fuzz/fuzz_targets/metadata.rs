#![no_main]

libfuzzer_sys::fuzz_target!(|document: &[u8]| auth_runtime::fuzzing::metadata(document));
