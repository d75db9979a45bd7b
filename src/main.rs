//! Parse, plan, run, exit code.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::survive_limits();
    let stop = match cli::Stop::on_interrupt() {
        Ok(stop) => stop,
        Err(error) => return cli::failure(&error),
    };
    let call = match cli::Invocation::new(std::env::args_os().collect()) {
        Ok(call) => call,
        Err(refused) => return cli::answer(&refused),
    };
    let console = cli::Console::new(&call.cli.verbosity);
    let done = cli::run(call, &console, &stop);
    stop.work_has_ended();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::failure(&error),
    }
}
