#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| auth_runtime::fuzzing::introspection(body));
