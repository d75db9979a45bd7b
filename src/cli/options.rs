//! Options that come from elsewhere than the command line, a table of a file, as words of one.

use anyhow::{Result, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use strsim::levenshtein;
use toml::{Table, Value};

/// What a table of options may not hold: these belong to one call.
const NOT_OPTIONS: [&str; 4] = ["help", "version", "config", "no-config"];

/// The option of `command` that is spelled `--name`, an alias counted. Hidden ones are there only to be refused.
pub(crate) fn find<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    if NOT_OPTIONS.contains(&name) {
        return None;
    }
    let spelled = |arg: &&Arg| {
        arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
    };
    shown(command).find(spelled)
}

/// The arguments of `command`, and those of its subcommands where it needs one.
fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    let below = command.get_subcommands().filter(|_| command.is_subcommand_required_set());
    let all = command.get_arguments().chain(below.flat_map(Command::get_arguments));
    all.filter(|arg| !arg.is_hide_set())
}

/// `key = value` as words of a command line: `--key=value`, once for each element of an array, or
/// `--key` for a switch, or an option whose value may be left out, that is true. `origin` names the table in errors.
///
/// # Errors
/// If the value is not of a kind that the option takes.
pub(crate) fn words(arg: &Arg, key: &str, value: &Value, origin: &str) -> Result<Vec<String>> {
    let takes_value = arg.get_action().takes_values();
    let switch = is_switch(arg);
    let one = |text: String| {
        if takes_value {
            Ok(vec![format!("--{key}={text}")])
        } else {
            bail!("{origin}: {key} is a switch: give true or false, not {text}")
        }
    };
    match value {
        Value::Boolean(true) if switch => Ok(vec![format!("--{key}")]),
        Value::Boolean(false) if switch => Ok(Vec::new()),
        Value::Integer(times) if matches!(arg.get_action(), ArgAction::Count) && (0..=3).contains(times) => {
            Ok(vec![format!("--{key}"); *times as usize])
        }
        Value::String(text) => one(text.clone()),
        Value::Integer(number) => one(number.to_string()),
        Value::Float(number) => one(number.to_string()),
        Value::Array(values) if takes_value => {
            let each = values.iter().map(|value| words(arg, key, value, origin));
            Ok(each.collect::<Result<Vec<_>>>()?.concat())
        }
        Value::Boolean(_) => bail!("{origin}: {key} takes a value, not true or false"),
        Value::Array(_) | Value::Datetime(_) | Value::Table(_) => {
            bail!("{origin}: {key} takes a string or a number")
        }
    }
}

/// Whether an option is given without a value, or may be.
pub(crate) fn is_switch(arg: &Arg) -> bool {
    !arg.get_action().takes_values() || arg.get_num_args().is_some_and(|values| values.min_values() == 0)
}

/// All of `table` as words for `command`.
///
/// # Errors
/// If `command` has no such option, or a value is of the wrong kind.
pub(crate) fn all_words(command: &Command, table: &Table, origin: &str) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for (key, value) in table {
        let Some(arg) = find(command, key) else { return Err(unknown(command, key, origin)) };
        all.extend(words(arg, key, value, origin)?);
    }
    Ok(all)
}

/// The error that there is no option `key`, and which one may be meant.
pub(crate) fn unknown(command: &Command, key: &str, origin: &str) -> anyhow::Error {
    let longs = shown(command).filter_map(Arg::get_long).filter(|long| !NOT_OPTIONS.contains(long));
    let near = longs.map(|long| (levenshtein(key, long), long)).min().filter(|&(edits, _)| edits <= 2);
    let hint = near.map_or(String::new(), |(_, long)| format!("; did you mean {long}?"));
    anyhow::anyhow!("{origin}: {} has no option {key}{hint}", command.get_bin_name().unwrap_or("seethru"))
}

/// The options among `among` that were typed, as words to type again.
pub(crate) fn given<'a>(matches: &ArgMatches, among: impl Iterator<Item = &'a Arg>) -> Vec<String> {
    let mut words = Vec::new();
    for arg in among {
        let id = arg.get_id().as_str();
        let (Some(long), Ok(true)) = (arg.get_long(), matches.try_contains_id(id)) else { continue };
        if matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        match arg.get_action() {
            ArgAction::SetTrue => words.push(format!("--{long}")),
            ArgAction::Count => words.extend(vec![format!("--{long}"); matches.get_count(id).into()]),
            _ => {
                let values = matches.get_raw(id).into_iter().flatten();
                words.extend(values.map(|value| format!("--{long}={}", value.to_string_lossy())));
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::command::Cli;

    fn all(text: &str) -> Result<Vec<String>> {
        all_words(&Cli::command(), &text.parse().unwrap(), "clips.toml")
    }

    #[test]
    fn values_become_words() {
        let words = all("centers = 3\nlevel = true\nmutual = false\ncost = 'convex:slopes=1/2'").unwrap();
        assert_eq!(words, ["--centers=3", "--cost=convex:slopes=1/2", "--level"]);
        assert_eq!(all("sharpen = true\nstabilize = 'none'").unwrap(), ["--sharpen", "--stabilize=none"]);
        assert_eq!(all("sharpen = 0.5").unwrap(), ["--sharpen=0.5"]);
        assert!(all("sharpen = false").unwrap().is_empty());
        assert_eq!(
            all("radius = 2.5\nstabilize = 'translation'").unwrap(),
            ["--radius=2.5", "--stabilize=translation"]
        );
    }

    #[test]
    fn what_an_option_cannot_take_is_refused_by_name() {
        for (text, part) in [
            ("centers = true", "takes a value"),
            ("level = 1", "switch"),
            ("stabilize = true", "takes a value"),
            ("patch = {}", "string or a number"),
            ("pach = 8", "did you mean patch?"),
            ("help = true", "has no option help"),
        ] {
            let error = all(text).unwrap_err().to_string();
            assert!(error.starts_with("clips.toml: ") && error.contains(part), "{error}");
        }
    }

    #[test]
    fn what_was_typed_is_typed_again() {
        let command = Cli::command();
        let line = "seethru a.mp4 --frames 3..9 --level --cost linear -q";
        let matches = command.clone().get_matches_from(line.split(' '));
        let words = given(&matches, command.get_arguments());
        assert_eq!(words, ["--frames=3..9", "--cost=linear", "--level", "--quiet"]);
    }
}
