#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| seethru_fuzz::npy_header(bytes));
