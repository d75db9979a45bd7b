//! The `seethru` program: [`command`] is what can be typed, and each subcommand has a file or folder of its own,
//! with its arguments, its plan and its run. Nothing here is part of the library.

mod batch;
mod bounded;
mod clip_source;
mod command;
mod command_line;
mod compare;
mod completions;
mod config;
mod console;
mod coordinates;
mod counted;
mod device;
mod devices;
mod duration;
mod embed;
mod exit;
mod file_names;
#[cfg(fuzzing)]
pub mod fuzzing;
mod graph_args;
mod help;
mod hints;
mod info;
mod inspect;
mod invocation;
mod knn;
mod lines;
mod man;
mod memory;
mod misuse;
mod opener;
mod options;
mod outputs;
mod plot;
mod progress;
mod quality;
mod reading;
mod report;
mod restore;
#[cfg(test)]
mod restored;
mod stop;
mod synth;
mod table;
mod usage;
mod values;
mod view_args;

use std::path::Path;

use anyhow::Result;
use manifold::device::Device;

use command::Command;
pub(crate) use console::Console;
pub(crate) use exit::{answer, failure};
pub(crate) use invocation::Invocation;
pub(crate) use outputs::survive_limits;
pub(crate) use stop::Stop;

/// Does what was asked for.
pub(crate) fn run(call: Invocation, console: &Console, stop: &Stop) -> Result<()> {
    if let Some(file) = &call.configured {
        tracing::info!("options of {}: {}", file.display(), call.command);
    }
    if let Some(file) = call.cli.config.config.as_ref().or(call.configured.as_ref()) {
        config::check_spared(file, &call.matches)?;
    }
    let devices = call.cli.device.clone();
    devices.check()?;
    let device = devices.open(call.cli.use_of_gpu())?;
    dispatch(call, &device, console, stop)?;
    devices.tell(&device, console);
    Ok(())
}

fn dispatch(call: Invocation, device: &Device, console: &Console, stop: &Stop) -> Result<()> {
    match call.cli.command {
        Some(Command::Compare(args)) => {
            let plan = compare::ComparePlan::new(&args, device, call.command)
                .map_err(|error| blamed(error, call.configured.as_deref()))?;
            compare::run(&plan, console, stop)
        }
        Some(Command::Batch(args)) => {
            let how = (&call.matches, call.command.as_str(), call.configured.is_some());
            batch::run(&args, how, device, console, stop)
        }
        Some(Command::Completions { shell }) => completions::print(shell),
        Some(Command::Devices(args)) => devices::run(&args, &call.command),
        Some(Command::Embed(args)) => {
            let method = call.matches.subcommand().and_then(|(_, embed)| embed.subcommand_name());
            let call = embed::Call {
                method: method.unwrap_or_default(),
                command: &call.command,
                device,
                console,
                stop,
            };
            embed::run(&args, &call)
        }
        Some(Command::Info(args)) => {
            let input = command::as_input(&args.input.to_string_lossy());
            let call = (&call.matches, call.command.as_str(), input.as_str());
            info::run(&args, call, console, stop)
        }
        Some(Command::Inspect(args)) => {
            let plan = inspect::InspectPlan::new(&args, call.command)
                .map_err(|error| blamed(error, call.configured.as_deref()))?;
            inspect::run(plan, console, stop)
        }
        Some(Command::Knn(args)) => knn::run(&args, &call.command, device, console, stop),
        Some(Command::Quality(args)) => quality::run(&args, &call.command, console, stop),
        Some(Command::Man { subcommand }) => man::print(&subcommand),
        Some(Command::Synth(args)) => {
            let made = synth::run(*args, &console.progress(stop.clone()), stop);
            made.map_err(|error| stop.explain(error))?.tell(&call.command, console)
        }
        None => {
            let args = &call.cli.restore;
            let plan = restore::RestorePlan::new(args, device, call.command)
                .map_err(|error| misplaced(error, args.input.as_deref()))
                .map_err(|error| blamed(error, call.configured.as_deref()))?;
            restore::run(plan, console, stop)
        }
    }
}

/// A subcommand behind other options is taken for a file: says so where there is no such file.
fn misplaced(error: anyhow::Error, input: Option<&Path>) -> anyhow::Error {
    match input {
        Some(path) if command::is_subcommand(&path.to_string_lossy()) && !path.exists() => {
            error.context(format!("the subcommand {} must come before all options", path.display()))
        }
        _ => error,
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
