//! What the user reads: messages on standard error, results on standard output.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::Result;
use clap::error::{ContextKind, ErrorKind};
use seethru::pipeline::RestoreError;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::args::Talk;
use super::batch::SomeFailed;
use super::invocation::Refused;
use super::progress::Bars;
use super::stop::{INTERRUPTED, Interrupted, Kept, Stop};

/// Exit status of a wrong command line, clap's own.
const USAGE: u8 = 2;
/// Exit status of a batch of which some clips failed.
const SOME_FAILED: u8 = 2;

/// Standard error, as loud as the user wants it.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    quiet: bool,
    bars: bool,
}

impl Console {
    pub fn new(talk: &Talk) -> Console {
        let terminal = io::stderr().is_terminal();
        if talk.verbose > 0 {
            log(talk.verbose, terminal && colors());
        }
        Console { quiet: talk.quiet, bars: terminal && !talk.quiet && talk.verbose == 0 }
    }

    /// Bars that show how far the work is, and stop it when the user wants to.
    pub fn progress(&self, stop: Stop) -> Bars {
        Bars::new(self.bars, stop)
    }

    /// Says what was done, unless the user wants it quiet.
    pub fn summary(&self, line: &str) {
        if !self.quiet {
            say("", line);
        }
    }

    /// Says what the user should know although the work went on.
    pub fn warning(&self, line: &str) {
        say("warning: ", line);
    }

    /// Says in one line why nothing came of it, and what the process exits with.
    pub fn failure(&self, error: &anyhow::Error) -> ExitCode {
        let canceled = matches!(error.downcast_ref(), Some(RestoreError::Canceled));
        if let Some(kept) = error.downcast_ref::<Kept>() {
            say("", &kept.to_string());
            return ExitCode::from(INTERRUPTED);
        }
        if canceled || error.is::<Interrupted>() {
            say("", &Interrupted.to_string());
            return ExitCode::from(INTERRUPTED);
        }
        say("error: ", &one_line(error));
        ExitCode::from(if error.is::<SomeFailed>() { SOME_FAILED } else { 1 })
    }

    /// Whether bars are shown: on a terminal, unless it is quiet or logs are.
    pub fn shows_bars(&self) -> bool {
        self.bars
    }
}

/// What there is to say instead of a call: the help that was asked for, or in one line why the command
/// line or the configuration is wrong.
pub fn answer(refused: &Refused) -> ExitCode {
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
            // As for `print_bytes`: a reader that has seen enough is no error.
            let _ = answer.print();
            ExitCode::SUCCESS
        }
    }
}

/// The first paragraphs of clap's message: what is wrong, and what it may have meant to be.
pub fn usage_line(error: &clap::Error) -> String {
    if let Some(extra) = error.get(ContextKind::InvalidSubcommand)
        && error.kind() == ErrorKind::ArgumentConflict
    {
        // For clap a second video is a subcommand in the wrong place.
        return format!(
            "unexpected argument '{extra}' behind the video: one video at a time, a subcommand alone"
        );
    }
    let text = error.render().to_string();
    let text = text.split("\n\nUsage:").next().unwrap_or_default();
    let text = text.split("\n\nFor more information").next().unwrap_or_default();
    let words: Vec<_> = text.trim_start_matches("error: ").split_whitespace().collect();
    format!("{} (see seethru --help)", words.join(" "))
}

/// Nobody is left to be told when standard error is closed.
fn say(kind: &str, line: &str) {
    let _ = writeln!(io::stderr().lock(), "seethru: {kind}{line}");
}

/// The error with its causes; a cause that an error already quotes is not repeated.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(|cause| cause.to_string()) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a result to standard output. A reader that has seen enough (`| head`) is no error.
pub fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("standard output cannot be written"))
        }
        _ => Ok(()),
    }
}

/// See <https://no-color.org>.
fn colors() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn log(verbose: u8, ansi: bool) {
    let level = match verbose {
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(ansi).with_target(false);
    // A second subscriber cannot be there: this is called once.
    let _ = tracing_subscriber::registry()
        .with(Targets::new().with_target("seethru", level))
        .with(lines)
        .try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usage_error_is_one_line_with_its_tip() {
        use clap::Parser as _;
        let line = |words: &[&str]| {
            let error = crate::cli::Cli::try_parse_from([&["seethru"], words].concat()).unwrap_err();
            usage_line(&error)
        };
        let patch = line(&["a.mp4", "--patch", "0"]);
        assert!(patch.starts_with("invalid value '0' for '--patch <PIXELS>': must be a whole"), "{patch}");
        let typo = line(&["a.mp4", "--pach", "9"]);
        assert!(typo.contains("'--patch' exists") || typo.contains("exists: '--patch'"), "{typo}");
        assert!(line(&[]).contains("<VIDEO>"));
        assert!(line(&["a.mp4", "b.mp4"]).contains("unexpected argument 'b.mp4'"));
        for line in [patch, typo, line(&[])] {
            assert!(!line.contains(['\n', '\u{1b}']) && line.ends_with("--help)"), "{line}");
        }
    }

    #[test]
    fn an_error_is_one_line_without_repetition() {
        let cause = io::Error::other("the disk\nis full");
        let error = anyhow::Error::new(cause).context("out.png cannot be written");
        assert_eq!(one_line(&error), "out.png cannot be written: the disk is full");
        let error = anyhow::anyhow!("no room").context("out.png: no room");
        assert_eq!(one_line(&error), "out.png: no room");
    }
}
