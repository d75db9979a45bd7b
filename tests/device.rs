//! Devices are listed, or their absence is explained; nothing panics without a driver.

use seethru::device::{CudaUnavailable, cuda_devices};

#[test]
fn devices_or_a_reason() {
    match cuda_devices() {
        Ok(devices) => {
            assert!(devices.iter().enumerate().all(|(at, device)| device.ordinal == at && device.memory > 0));
        }
        Err(why) => {
            let required = std::env::var_os("SEETHRU_REQUIRE_CUDA").is_some_and(|value| value == "1");
            assert!(!required, "a CUDA device is required: {why}");
            assert_eq!(cfg!(feature = "cuda"), why != CudaUnavailable::NotBuilt);
            println!("skipped: {why}");
        }
    }
}
