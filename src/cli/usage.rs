//! A wrong command line, reported in one line.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::hints::{hinted, near};

/// The first paragraphs of clap's message: what is wrong, and what may be meant.
pub(crate) fn usage_line(error: &clap::Error) -> String {
    if let Some(extra) = error.get(ContextKind::InvalidSubcommand)
        && error.kind() == ErrorKind::ArgumentConflict
    {
        // For clap a second video is a subcommand in the wrong place.
        if let Some(meant) = error.get(ContextKind::SuggestedArg) {
            return format!("unexpected argument '{extra}': a strength is given with its =, as in {meant}");
        }
        return format!(
            "unexpected argument '{extra}' after the video: only one video at a time, and no subcommand with it"
        );
    }
    let text = error.render().to_string();
    let what = text.split("\n\nUsage:").next().unwrap_or_default();
    let what = what.split("\n\nFor more information").next().unwrap_or_default();
    let paragraphs = what.trim_start_matches("error: ").split("\n\n");
    let lines = paragraphs.map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    format!("{} (see {} --help)", lines.join("; "), command(&text))
}

/// The command that the usage in clap's message is of, such as `seethru embed tsne`.
fn command(text: &str) -> String {
    let usage = text.split("Usage: ").nth(1).and_then(|usage| usage.lines().next()).unwrap_or("seethru");
    let names =
        usage.split_whitespace().take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
    names.collect::<Vec<_>>().join(" ")
}

/// clap's error of the call `typed`, with the usage of the command that it is about, and for `embed` with
/// the methods that there are.
pub(crate) fn explained(error: clap::Error, typed: &[OsString], program: &Command) -> clap::Error {
    let mut error = hinted(method_first(error, typed, program), typed, program);
    if let Some(meant) = strength_apart(&error, typed) {
        error.insert(ContextKind::SuggestedArg, ContextValue::String(meant));
    }
    if error.use_stderr() && error.get(ContextKind::Usage).is_none() {
        let usage = innermost(typed, program).clone().render_usage();
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    }
    error
}

/// What was meant by `--sharpen 0.5`, whose strength is read as a second video.
fn strength_apart(error: &clap::Error, typed: &[OsString]) -> Option<String> {
    let extra = error.get(ContextKind::InvalidSubcommand)?.to_string();
    let apart = |words: &[OsString]| words[0] == "--sharpen" && words[1] == *extra;
    typed.windows(2).any(apart).then(|| format!("--sharpen={extra}"))
}

/// The subcommand that the first words name.
fn innermost<'a>(typed: &[OsString], program: &'a Command) -> &'a Command {
    let mut command = program;
    for word in typed.iter().skip(1) {
        match command.find_subcommand(word) {
            Some(below) => command = below,
            None if word.to_string_lossy().starts_with('-') && word != "--" => {}
            None => break,
        }
    }
    command
}

/// The error of a call of `embed` that does not begin with a method says so; any other stays as it is.
fn method_first(error: clap::Error, typed: &[OsString], program: &Command) -> clap::Error {
    let embed = program.find_subcommand("embed").filter(|_| typed.get(1).is_some_and(|word| word == "embed"));
    let Some(embed) = embed else { return error };
    let wrong = match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(word)) => format!("'{word}' is not a method of seethru embed"),
        (ErrorKind::MissingSubcommand, _) => "seethru embed needs a method".to_owned(),
        (ErrorKind::UnknownArgument, _) if is_method_option(&error) => {
            "seethru embed takes its method as the first word".to_owned()
        }
        _ => return error,
    };
    let methods: Vec<&str> = embed.get_subcommands().map(Command::get_name).collect();
    let meant = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) => near(word, &methods),
        _ => None,
    };
    let wrong = wrong + &meant.map_or(String::new(), |meant| format!("; did you mean {meant}?"));
    let text = format!(
        "{wrong}: name one before the data, as in seethru embed tsne digits.npy -o map.npy; \
         the methods are {}",
        methods.join(", ")
    );
    embed.clone().error(ErrorKind::InvalidSubcommand, text)
}

/// `--method NAME` was the way to name it once.
fn is_method_option(error: &clap::Error) -> bool {
    matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(option)) if option == "--method")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::invocation::{Invocation, Refused};

    #[track_caller]
    fn line(words: &[&str]) -> String {
        let typed = ["seethru"].iter().chain(words).map(OsString::from).collect();
        match Invocation::new(typed) {
            Err(Refused::Usage(error)) => usage_line(&error),
            _ => panic!("{words:?} is not refused"),
        }
    }

    #[test]
    fn a_usage_error_is_one_line_with_its_tip() {
        let patch = line(&["a.mp4", "--patch", "0"]);
        assert!(patch.starts_with("invalid value '0' for '--patch <PIXELS>': must be a whole"), "{patch}");
        let typo = line(&["a.mp4", "--pach", "9"]);
        assert!(typo.contains("'--patch' exists") || typo.contains("exists: '--patch'"), "{typo}");
        assert!(typo.contains("'--pach' found; tip: "), "{typo}");
        let negative = line(&["a.mp4", "--neighbors", "-3"]);
        assert!(negative.contains("'-3' for '--neighbors <K>': must be a whole number"), "{negative}");
        assert!(line(&[]).contains("<VIDEO>"));
        for (words, hint) in [
            (&["restore", "a.mp4"][..], "no command restore: leave the word out, as in seethru a.mp4"),
            (&["a.mp4", "--watch"], "no option --watch: run seethru batch"),
            (&["a.mp4", "--denoise=3"], "no option --denoise: leave it out"),
            (&["a.mp4", "--method=median"], "give --baseline median"),
            (&["a.mp4", "--baseline", "register"], "give --method register"),
            (&["embed", "t-sne", "a.npy"], "did you mean tsne?"),
            (&[], "as in seethru pool.mp4 -o pool.png"),
        ] {
            let line = line(words);
            assert!(line.contains(hint), "{words:?}: {line}");
        }
        assert!(line(&["a.mp4", "b.mp4"]).contains("unexpected argument 'b.mp4'"));
        for line in [patch, typo, line(&[])] {
            assert!(!line.contains(['\n', '\u{1b}']) && line.ends_with("(see seethru --help)"), "{line}");
        }
        let other = line(&["embed", "pca", "rows.npy", "--perplexity", "9"]);
        let value = line(&["embed", "smacof", "rows.npy", "--start", "pca"]);
        assert!(value.ends_with("(see seethru embed smacof --help)"), "{value}");
        assert!(
            other.contains("'--perplexity'") && other.ends_with("(see seethru embed pca --help)"),
            "{other}"
        );
    }

    #[test]
    fn embed_says_which_methods_there_are() {
        for (words, said) in [
            (["embed"].as_slice(), "seethru embed needs a method"),
            (&["-q", "embed"], "seethru embed needs a method"),
            (&["embed", "rows.npy", "-o", "o.npy"], "'rows.npy' is not a method"),
            (&["embed", "rows.npy", "--method", "tsne"], "'rows.npy' is not a method"),
            (&["embed", "--method", "tsne", "rows.npy"], "first word"),
        ] {
            let line = line(words);
            assert!(line.contains(said) && line.contains("the methods are pca, kernel-pca, "), "{line}");
            assert!(line.contains("seethru embed tsne digits.npy") && !line.contains('\n'), "{line}");
        }
    }
}
