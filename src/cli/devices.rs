//! `seethru devices`: what there is to compute on.

use anyhow::Result;
use seethru::device::cuda_devices;

use super::console::print_bytes;

pub fn run() -> Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let mut text = format!("cpu     {threads} threads\n");
    match cuda_devices() {
        Ok(devices) => {
            for device in devices {
                let gibibytes = device.memory as f64 / f64::from(1 << 30);
                text += &format!("cuda:{}  {}, {gibibytes:.1} GiB\n", device.ordinal, device.name);
            }
        }
        Err(why) => text += &format!("cuda    none: {why}\n"),
    }
    print_bytes(text.as_bytes())
}
