//! `seethru devices`: what there is to compute on.

use anyhow::Result;
use clap::Args;
use manifold::device::{CudaDevice, cuda_devices};

use super::lines::print_bytes;

/// List the devices to compute on.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  seethru devices
  seethru devices --json")]
pub(crate) struct DevicesArgs {
    /// Print a machine-readable list to standard output (schema seethru.devices/1)
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Report<'a> {
    schema: &'static str,
    version: &'static str,
    command: &'a str,
    threads: usize,
    cuda: Vec<CudaDevice>,
    /// Why no CUDA device can be used, if none can.
    cuda_unavailable: Option<String>,
}

pub(crate) fn run(args: &DevicesArgs, command: &str) -> Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let (cuda, cuda_unavailable) = match cuda_devices() {
        Ok(devices) => (devices, None),
        Err(why) => (Vec::new(), Some(why.to_string())),
    };
    let report = Report {
        schema: "seethru.devices/1",
        version: env!("CARGO_PKG_VERSION"),
        command,
        threads,
        cuda,
        cuda_unavailable,
    };
    if args.json {
        return print_bytes(format!("{}\n", serde_json::to_string_pretty(&report)?).as_bytes());
    }
    print_bytes(report.lines().as_bytes())
}

impl Report<'_> {
    fn lines(&self) -> String {
        let mut text = format!("cpu     {} threads\n", self.threads);
        for device in &self.cuda {
            let gibibytes = device.memory as f64 / f64::from(1 << 30);
            let (major, minor) = device.capability;
            let old = if device.is_usable() { "" } else { ": too old; 7.5 (Turing) or later is needed" };
            text += &format!(
                "cuda:{}  {}, {gibibytes:.1} GiB, compute capability {major}.{minor}{old}\n",
                device.ordinal, device.name
            );
        }
        if let Some(why) = &self.cuda_unavailable {
            text += &format!("cuda    none: {why}\n");
        }
        text
    }
}
