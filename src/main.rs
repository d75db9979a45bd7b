//! Parse, plan, run, exit code.

use std::process::ExitCode;

use clap::Parser as _;

mod cli;

fn main() -> ExitCode {
    let arguments = match cli::Cli::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return cli::answer(&answer),
    };
    let console = cli::Console::new(&arguments.talk);
    match cli::run(arguments, &console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => console.failure(&error),
    }
}
