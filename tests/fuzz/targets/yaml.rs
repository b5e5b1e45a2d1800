#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| raccord::fuzzing::yaml(bytes));
