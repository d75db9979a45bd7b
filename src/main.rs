//! Parse, plan, run, exit code.

use std::process::ExitCode;

use clap::Parser as _;

mod cli;

fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    let console = cli::Console::new(&arguments.talk);
    match cli::run(arguments, &console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => console.failure(&error),
    }
}
