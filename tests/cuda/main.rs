//! What runs on a GPU against what the CPU says.
//!
//! Where there is no GPU the tests print "skipped" and why; with `SEETHRU_REQUIRE_CUDA=1` they fail
//! instead. `make test-cuda` runs them on an emulated driver (`tests/emulator`), which executes the
//! kernels' source on the CPU.

mod driver;
mod register;

use seethru::device::Device;

/// Sizes at which kernels are compared: one, a few, either side of a warp, more than a block.
pub const SIZES: [usize; 5] = [1, 2, 31, 33, 257];

/// The GPU to test on, or nothing where there is none and none is required.
pub fn device() -> Option<Device> {
    match Device::cuda(0, None) {
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
