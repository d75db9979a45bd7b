//! The `seethru` program: [`args`] are what was typed, [`plan`] what will be done, and each
//! subcommand has a file of its own. Nothing here is part of the library.

mod args;
mod auto;
mod batch;
mod command_line;
mod compare;
mod completions;
mod config;
mod console;
mod device;
mod devices;
mod embed;
mod extras;
mod groups;
mod help;
mod info;
mod inspect;
mod invocation;
mod knn;
mod man;
mod memory;
mod options;
mod plan;
mod plot;
mod progress;
mod quality;
mod remedy;
mod report;
mod restore;
mod stop;
mod synth;
mod table;
mod values;

use std::path::Path;

use anyhow::Result;
use manifold::device::Device;

pub use args::Cli;
use args::Command;
pub use console::{Console, answer};
pub use invocation::Invocation;
use stop::Stop;

/// Does what was asked for.
pub fn run(call: Invocation, console: &Console) -> Result<()> {
    if let Some(file) = &call.configured {
        tracing::info!("options of {}: {}", file.display(), call.command);
    }
    let devices = call.cli.device.clone();
    devices.check()?;
    let device = devices.open(call.cli.command.as_ref())?;
    dispatch(call, &device, console)?;
    devices.tell(&device, console);
    Ok(())
}

fn dispatch(call: Invocation, device: &Device, console: &Console) -> Result<()> {
    match call.cli.command {
        Some(Command::Compare(args)) => {
            let plan = compare::ComparePlan::new(&args, device, call.command)
                .map_err(|error| blamed(error, call.configured.as_deref()))?;
            compare::run(&plan, console, &Stop::on_interrupt()?)
        }
        Some(Command::Batch(args)) => {
            let how = (&call.matches, call.command.as_str(), call.configured.is_some());
            batch::run(&args, how, device, console, &Stop::on_interrupt()?)
        }
        Some(Command::Completions { shell }) => completions::print(shell),
        Some(Command::Devices(args)) => devices::run(&args, &call.command),
        Some(Command::Embed(args)) => {
            embed::run(&args, &call.command, device, console, &Stop::on_interrupt()?)
        }
        Some(Command::Info(args)) => {
            info::run(&args, (&call.matches, &call.command), console, &Stop::on_interrupt()?)
        }
        Some(Command::Inspect(args)) => {
            let plan = inspect::InspectPlan::new(&args, call.command)
                .map_err(|error| blamed(error, call.configured.as_deref()))?;
            inspect::run(plan, console, &Stop::on_interrupt()?)
        }
        Some(Command::Knn(args)) => knn::run(&args, &call.command, device, console, &Stop::on_interrupt()?),
        Some(Command::Quality(args)) => quality::run(&args, &call.command, console, &Stop::on_interrupt()?),
        Some(Command::Man { subcommand }) => man::print(subcommand.as_deref()),
        Some(Command::Synth(args)) => {
            let stop = Stop::on_interrupt()?;
            let made = synth::run(*args, &console.progress(stop.clone()));
            made.map_err(|error| stop.explain(error))?.tell(&call.command, console)
        }
        None => {
            let plan = plan::RestorePlan::new(&call.cli.restore, device, call.command)
                .map_err(|error| blamed(error, call.configured.as_deref()))?;
            restore::run(plan, console, &Stop::on_interrupt()?)
        }
    }
}

/// A plan that may be bad by what a configuration file adds.
fn blamed(error: anyhow::Error, configured: Option<&Path>) -> anyhow::Error {
    match configured {
        Some(file) => {
            error.context(format!("with the options of {} (--no-config leaves them out)", file.display()))
        }
        None => error,
    }
}
