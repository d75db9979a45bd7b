//! `--device`: what to compute on.

use std::str::FromStr;

use anyhow::{Result, bail};
use clap::Args;
use manifold::device::{Device, GpuError};

use super::console::Console;
use super::values;

/// What to compute on; every command takes it.
#[derive(Clone, Debug, Args)]
pub(crate) struct DeviceArgs {
    /// What to compute on: auto (the first GPU, if the work is large enough), cpu, cuda or cuda:N
    ///
    /// `seethru devices` lists the devices. A GPU that is named but not available is an error.
    #[arg(long, global = true, value_name = "DEVICE", default_value = "auto", help_heading = "Device")]
    pub(crate) device: Choice,
    /// Limit on GPU memory, with its unit [default: nine tenths of the free memory]
    #[arg(long, global = true, value_name = "SIZE", value_parser = values::bytes, help_heading = "Device")]
    pub(crate) device_memory: Option<u64>,
}

/// What `--device` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Auto,
    Cpu,
    Cuda { ordinal: usize },
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Choice, String> {
        match text {
            "auto" => Ok(Choice::Auto),
            "cpu" => Ok(Choice::Cpu),
            "cuda" => Ok(Choice::Cuda { ordinal: 0 }),
            other => {
                let ordinal = other.strip_prefix("cuda:").and_then(|number| number.parse().ok());
                let form = "must be auto, cpu, cuda or cuda:N with N from 0 (`seethru devices` lists them)";
                ordinal.map(|ordinal| Choice::Cuda { ordinal }).ok_or_else(|| form.to_owned())
            }
        }
    }
}

/// What a GPU is to a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Some of it can run there.
    Runs,
    /// It computes on the CPU.
    None,
    /// It computes nothing: what there is to compute on does not matter, even if a configuration names it.
    Ignored,
}

/// What a GPU did not do, with the option to blame and what to give instead.
pub(crate) fn in_options(error: &GpuError) -> String {
    const INSTEAD: &str = "--device auto or cpu";
    match error {
        GpuError::Memory { what, needed, limit } if *needed > 0 => {
            let (unit, name) = if *limit < 10 << 20 { (1 << 10, "KiB") } else { (1 << 20, "MiB") };
            let (least, most) = (needed.div_ceil(unit), limit / unit);
            if needed <= limit {
                return format!(
                    "--device: {what} needs {least}{name} and the GPU has less free: \
                     stop other programs that use it, or give {INSTEAD}"
                );
            }
            format!(
                "--device-memory: {what} needs {least}{name} and {most}{name} are allowed: give \
                 --device-memory {least}{name}, or {INSTEAD}"
            )
        }
        GpuError::Unsupported { what } => format!("--device: the GPU cannot {what}: give {INSTEAD}"),
        error => format!("{error} (--device auto or cpu)"),
    }
}

impl DeviceArgs {
    /// The device for a command to which a GPU is `what`. One that nothing of it would run on is opened only if it was
    /// asked for by name.
    ///
    /// # Errors
    /// If a GPU was asked for by name and is not available.
    pub(crate) fn open(&self, what: Use) -> Result<Device> {
        match (self.device, what) {
            (_, Use::Ignored) => Ok(Device::cpu()),
            (Choice::Auto, Use::Runs) => Ok(Device::auto(self.device_memory)),
            (Choice::Auto | Choice::Cpu, _) => Ok(Device::cpu()),
            (Choice::Cuda { ordinal }, _) => Device::cuda(ordinal, self.device_memory).map_err(|error| {
                let why = error.to_string();
                let why = why.trim_end_matches(", use the CPU");
                anyhow::anyhow!("--device {self}: {why}; or give --device auto or cpu (`seethru devices` lists the devices)")
            }),
        }
    }

    /// Says so where a GPU was asked for by name and nothing ran on it, and with -v what ran where.
    pub(crate) fn tell(&self, device: &Device, console: &Console) {
        let notes = device.notes();
        for note in &notes {
            tracing::info!("{} on {}: {}", note.stage, note.device, note.why);
        }
        let used = notes.iter().any(|note| note.device != "cpu");
        // Of commands that compute nothing the device is the CPU all the same.
        if device.gpu().is_some() && matches!(self.device, Choice::Cuda { .. }) && !used {
            console.warning(&format!(
                "--device {self}: this command has nothing that runs on a GPU; it ran on the CPU"
            ));
        }
    }

    /// Refuses `--device-memory` where there will be no GPU to use it.
    pub(crate) fn check(&self) -> Result<()> {
        if self.device == Choice::Cpu && self.device_memory.is_some() {
            bail!(
                "--device-memory limits the memory of a GPU: leave it out with --device cpu (--memory limits the rest)"
            );
        }
        Ok(())
    }
}

impl std::fmt::Display for DeviceArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.device {
            Choice::Auto => f.write_str("auto"),
            Choice::Cpu => f.write_str("cpu"),
            Choice::Cuda { ordinal } => write!(f, "cuda:{ordinal}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_named() {
        for (text, choice) in [
            ("auto", Choice::Auto),
            ("cpu", Choice::Cpu),
            ("cuda", Choice::Cuda { ordinal: 0 }),
            ("cuda:3", Choice::Cuda { ordinal: 3 }),
        ] {
            assert_eq!(text.parse(), Ok(choice));
        }
        for wrong in ["gpu", "cuda:", "cuda:-1", "cuda:x", "CPU", ""] {
            assert!(wrong.parse::<Choice>().unwrap_err().contains("cuda:N"), "{wrong}");
        }
    }
    #[test]
    fn memory_has_the_remedy_that_helps() {
        let said = |needed, limit| in_options(&GpuError::Memory { what: "the graph", needed, limit });
        let allow = said(3 << 20, 1 << 20);
        assert!(allow.starts_with("--device-memory") && allow.contains("--device-memory 3072KiB"), "{allow}");
        // To allow what is allowed already would help no one.
        let free = said(1 << 20, 1 << 30);
        assert!(free.starts_with("--device:") && !free.contains("--device-memory"), "{free}");
    }
}
