//! The end of a call: what is said last, and the exit status.

use std::io::ErrorKind;
use std::process::ExitCode;

use seethru::Error;

use super::batch::SomeFailed;
use super::invocation::Refused;
use super::lines::{one_line, say};
use super::misuse::Misuse;
use super::stop::{INTERRUPTED, Interrupted, Kept};
use super::usage::usage_line;

/// Exit status of a wrong command line, clap's own.
const USAGE: u8 = 2;
/// Exit status of a batch of which some clips failed.
const SOME_FAILED: u8 = 2;

/// What there is to say instead of a call: the help that was asked for, or in one line why the command
/// line or the configuration is wrong.
pub(crate) fn answer(refused: &Refused) -> ExitCode {
    match refused {
        Refused::Configuration(error) => {
            say("error: ", &one_line(error));
            ExitCode::FAILURE
        }
        Refused::Usage(answer) if answer.use_stderr() => {
            say("error: ", &usage_line(answer));
            ExitCode::from(USAGE)
        }
        Refused::Usage(answer) => {
            match answer.print() {
                // As for `print_bytes`: a reader that has seen enough is no error.
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    say("error: ", &format!("standard output cannot be written: {error}"));
                    ExitCode::FAILURE
                }
                _ => ExitCode::SUCCESS,
            }
        }
    }
}

/// Says in one line why nothing came of the call, and what the process exits with.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    let canceled = matches!(error.downcast_ref(), Some(Error::Canceled));
    if let Some(kept) = error.downcast_ref::<Kept>() {
        say("", &kept.to_string());
        return ExitCode::from(INTERRUPTED);
    }
    if canceled || error.is::<Interrupted>() {
        say("", &Interrupted.to_string());
        return ExitCode::from(INTERRUPTED);
    }
    say("error: ", &one_line(error));
    match () {
        () if error.is::<SomeFailed>() => ExitCode::from(SOME_FAILED),
        () if error.is::<Misuse>() => ExitCode::from(USAGE),
        () => ExitCode::FAILURE,
    }
}
