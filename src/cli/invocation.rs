//! The whole call: what was typed, with what the configuration adds.

use std::ffi::OsString;

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

use super::command::Cli;
use super::command_line;
use super::config::{self, Configured};
use super::usage::{explained, usage_line};

/// One call of the program.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) cli: Cli,
    /// As clap saw it: which options were given.
    pub(crate) matches: ArgMatches,
    /// A command line that repeats it, whatever a configuration file may say by then.
    pub(crate) command: String,
    /// The file that added options, if one did.
    pub(crate) configured: Option<std::path::PathBuf>,
}

/// Why the command line could not be used.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Help, or a wrong command line.
    Usage(clap::Error),
    /// The configuration is at fault.
    Configuration(anyhow::Error),
}

impl Invocation {
    /// What `typed`, with the program's name first, means.
    pub(crate) fn new(typed: Vec<OsString>) -> Result<Invocation, Refused> {
        let program = program();
        let typed = subcommand_first(typed, &program);
        let matches = program.clone().try_get_matches_from(&typed);
        let matches = matches.map_err(|error| Refused::Usage(explained(error, &typed, &program)))?;
        let cli = Cli::from_arg_matches(&matches).map_err(Refused::Usage)?;
        let configured =
            config::configured(&cli.config, &program, &matches).map_err(Refused::Configuration)?;
        match configured.filter(|configured| !configured.words.is_empty()) {
            Some(configured) => Invocation::with(typed, &matches, configured),
            None => {
                let command = command_line::repeatable(&typed[1..]);
                Ok(Invocation { cli, matches, command, configured: None })
            }
        }
    }

    /// The same call with the words of a file.
    fn with(
        typed: Vec<OsString>,
        matches: &ArgMatches,
        configured: Configured,
    ) -> Result<Invocation, Refused> {
        let Configured { file, words } = configured;
        let mut all = typed;
        let at = behind_subcommand(&all, matches);
        all.splice(at..at, words.iter().map(OsString::from));
        let blamed = |error: clap::Error| {
            let text = usage_line(&error);
            Refused::Configuration(anyhow::anyhow!("{}: {text}", file.display()))
        };
        let matches = program().try_get_matches_from(&all).map_err(blamed)?;
        let cli = Cli::from_arg_matches(&matches).map_err(blamed)?;
        let command = format!("{} --no-config", command_line::repeatable(&without_config(&all[1..])));
        Ok(Invocation { cli, matches, command, configured: Some(file) })
    }
}

/// The program's commands; of an option that is repeated the last one counts.
fn program() -> Command {
    let mut program = negative_numbers(Cli::command()).args_override_self(true);
    program.build();
    program
}

/// `--neighbors -3` is a wrong value of --neighbors, not an unknown option -3.
fn negative_numbers(command: Command) -> Command {
    let values = |arg: Arg| match !arg.is_positional() && arg.get_action().takes_values() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    };
    command.mut_args(values).mut_subcommands(negative_numbers)
}

/// What all commands have may be typed before the subcommand as well: `seethru -q synth`.
fn subcommand_first(mut words: Vec<OsString>, program: &Command) -> Vec<OsString> {
    let mut at = 1;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()) {
        at += match word {
            "--config" | "--device" | "--device-memory" => 2,
            "--quiet" | "--verbose" | "--no-config" | "-q" | "-v" | "-vv" | "-vvv" => 1,
            word if ["--config=", "--device=", "--device-memory="]
                .iter()
                .any(|one| word.starts_with(one)) =>
            {
                1
            }
            _ => break,
        };
    }
    let is_subcommand =
        |word: &OsString| word.to_str().is_some_and(|word| program.find_subcommand(word).is_some());
    if words.get(at).is_some_and(is_subcommand) {
        words[1..=at].rotate_right(1);
    }
    words
}

/// Where the arguments of the subcommand that was found begin: behind its name, and the names above it.
fn behind_subcommand(words: &[OsString], matches: &ArgMatches) -> usize {
    let (mut at, mut matches) = (1, matches);
    while let Some((name, below)) = matches.subcommand() {
        at = subcommand_at(words, name, at) + 1;
        matches = below;
    }
    at
}

/// Where the subcommand stands, from `first` on: options that take a value before it are not it.
fn subcommand_at(words: &[OsString], name: &str, first: usize) -> usize {
    let valued = ["--config", "--device", "--device-memory"];
    let is_name = |at: &usize| words[*at] == *name && !valued.iter().any(|option| words[at - 1] == **option);
    (first..words.len()).find(is_name).unwrap_or(first)
}

fn without_config(words: &[OsString]) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--config") => drop(words.next()),
            Some(word) if word.starts_with("--config=") => {}
            _ => kept.push(word.clone()),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_options_may_stand_before_the_subcommand() {
        let first = |line: &str| {
            let words = line.split(' ').map(OsString::from).collect();
            let words =
                subcommand_first(words, &program()).into_iter().map(|word| word.into_string().unwrap());
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(first("seethru -q --config a.toml synth b.png"), "seethru synth -q --config a.toml b.png");
        for kept in
            ["seethru synth -q b.png", "seethru -q b.mp4", "seethru -q -- man", "seethru -q", "seethru"]
        {
            assert_eq!(first(kept), kept);
        }
    }

    #[test]
    fn options_of_a_file_stand_behind_the_method() {
        for (line, at) in [
            ("seethru a.mp4 -q", 1),
            ("seethru synth a.png -o b.mp4", 2),
            ("seethru embed tsne tsne -o o.npy", 3),
            ("seethru embed --device cpu -q pca embed", 6),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let matches = program().try_get_matches_from(&words).unwrap();
            assert_eq!(behind_subcommand(&words, &matches), at, "{line}");
        }
    }
}
