//! What runs on a GPU against what the CPU computes.
//!
//! Where there is no GPU the tests print "skipped" and why; with `SEETHRU_REQUIRE_CUDA=1` they fail
//! instead. `make test-cuda` runs them on an emulated driver (`tests/emulator`), which executes the
//! kernels' source on the CPU.

// A test has no API: `pub` is for its other modules.
#![allow(unreachable_pub)]

#[path = "../support/clips.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod clips;
mod distance;
mod driver;
mod graph;
mod knn;
mod register;
mod restore;
mod tsne;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use seethru::device::Device;

/// Sizes at which kernels are compared: one, a few, either side of a warp, more than a block.
pub const SIZES: [usize; 5] = [1, 2, 31, 33, 257];

/// The GPU to test on, or `None` if there is none and none is required.
pub(crate) fn device() -> Option<Device> {
    device_with(None)
}

/// Fresh random numbers, whose seed is printed so that a failure can be repeated (`SEETHRU_SEED`).
pub(crate) fn random() -> ChaCha8Rng {
    let given = std::env::var("SEETHRU_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| rand::rngs::ChaCha8Rng::from_rng(&mut rand::rng()).random());
    eprintln!("SEETHRU_SEED={seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// The same with this many bytes of device memory.
pub(crate) fn device_with(memory: Option<u64>) -> Option<Device> {
    match Device::cuda(0, memory) {
        Ok(device) => Some(device),
        Err(why) if std::env::var_os("SEETHRU_REQUIRE_CUDA").is_some_and(|value| value == "1") => {
            panic!("SEETHRU_REQUIRE_CUDA=1, but {why}")
        }
        Err(why) => {
            eprintln!("skipped: {why}");
            None
        }
    }
}
