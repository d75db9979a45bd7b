//! All targets in one binary, so that one is linked instead of all: `SEETHRU_FUZZ` names the target.

#![no_main]

use std::sync::LazyLock;

use seethru_fuzz::{Target, named};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("SEETHRU_FUZZ").expect("SEETHRU_FUZZ names a target");
    named(&name).expect("SEETHRU_FUZZ names a target")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
