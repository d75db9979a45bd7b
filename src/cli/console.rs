//! What the user reads: messages on standard error, results on standard output.

use std::io::{self, IsTerminal as _};

use clap::{ArgAction, Args};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::lines::say;
use super::progress::Bars;
use super::stop::Stop;

/// How much is said on standard error.
#[derive(Debug, Args)]
pub(crate) struct Verbosity {
    /// Show only warnings and errors
    #[arg(short, long, global = true, help_heading = "Messages")]
    pub(crate) quiet: bool,
    /// Log to standard error instead of progress bars (-vv, -vvv: more)
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet", help_heading = "Messages")]
    pub(crate) verbose: u8,
}

/// Standard error, as loud as the user wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    quiet: bool,
    bars: bool,
}

impl Console {
    pub(crate) fn new(verbosity: &Verbosity) -> Console {
        let terminal = io::stderr().is_terminal();
        if verbosity.verbose > 0 {
            log(verbosity.verbose, terminal && colors());
        }
        Console { quiet: verbosity.quiet, bars: terminal && !verbosity.quiet && verbosity.verbose == 0 }
    }

    /// Bars that show how far the work is, and stop it when the user wants to.
    pub(crate) fn progress(&self, stop: Stop) -> Bars {
        Bars::new(self.bars, stop).telling(!self.quiet)
    }

    /// Says what was done, unless the user wants it quiet.
    pub(crate) fn summary(&self, line: &str) {
        if !self.quiet {
            say("", line);
        }
    }

    /// Says what the user should know although the work went on.
    pub(crate) fn warning(&self, line: &str) {
        say("warning: ", line);
    }

    /// Whether bars are shown: on a terminal, unless it is quiet or logs are.
    pub(crate) fn shows_bars(&self) -> bool {
        self.bars
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
