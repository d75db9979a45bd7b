//! What the driver reports, and what is reported without one.

use seethru::device::{Device, GpuError};

use super::device;

#[test]
fn a_gpu_is_described() {
    let Some(device) = device() else { return };
    let gpu = device.gpu().unwrap();
    assert_eq!(gpu.device().ordinal, 0);
    assert!(gpu.device().capability >= (7, 5));
    assert!(gpu.limit() > 0 && gpu.limit() <= gpu.device().memory);
    assert!(gpu.to_string().starts_with("cuda:0 ("));
}

#[test]
fn there_is_no_hundredth_gpu() {
    let Some(_) = device() else { return };
    let error = Device::cuda(99, None).unwrap_err();
    assert!(matches!(error, GpuError::NoSuchDevice { ordinal: 99, .. }), "{error}");
}
