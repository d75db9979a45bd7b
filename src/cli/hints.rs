//! What to type instead of what was typed, where clap cannot guess it.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, ValueEnum as _};
use seethru::Baseline;
use strsim::levenshtein;

use super::restore::args::MethodArg;
use super::values::Words as _;

/// Options that other programs have, and what does their work here.
const ELSEWHERE: [(&str, &str); 8] = [
    (
        "--watch",
        "run seethru batch FOLDER -o OUT --resume again when new clips have arrived: it restores only those",
    ),
    (
        "--follow",
        "run seethru batch FOLDER -o OUT --resume again when new clips have arrived: it restores only those",
    ),
    ("--denoise", "leave it out: the frames are fused in register, which removes noise"),
    ("--deblur", "give --sharpen, which undoes the scene's own blur"),
    ("--gpu", "give --device cuda"),
    ("--cuda", "give --device cuda"),
    ("--input", "name the video without an option, as in seethru pool.mp4 -o pool.png"),
    ("--trim", "give --start 2s and --duration 3s"),
];

/// The error of a call that means something else, with what to type; any other stays as it is.
pub(crate) fn hinted(error: clap::Error, typed: &[OsString], program: &Command) -> clap::Error {
    match line(&error, typed) {
        Some(text) => program.clone().error(error.kind(), text),
        None => error,
    }
}

fn line(error: &clap::Error, typed: &[OsString]) -> Option<String> {
    let of = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::MissingRequiredArgument if typed.len() < 2 => {
            Some("no <VIDEO> is given: name one, as in seethru pool.mp4 -o pool.png".to_owned())
        }
        ErrorKind::ArgumentConflict if typed.get(1)? == "restore" && !Path::new("restore").exists() => {
            let clip = of(ContextKind::InvalidSubcommand)?;
            Some(format!("there is no command restore: leave the word out, as in seethru {clip}"))
        }
        ErrorKind::UnknownArgument => {
            let option = of(ContextKind::InvalidArg)?;
            let name = option.split('=').next()?;
            let (_, instead) = ELSEWHERE.iter().find(|(elsewhere, _)| *elsewhere == name)?;
            Some(format!("there is no option {name}: {instead}"))
        }
        ErrorKind::InvalidValue => {
            let (option, value) = (of(ContextKind::InvalidArg)?, of(ContextKind::InvalidValue)?);
            let other = match option {
                _ if option.starts_with("--method ") && is_baseline(value) => "--baseline",
                _ if option.starts_with("--baseline ") && is_method(value) => "--method",
                _ => return None,
            };
            Some(format!("'{value}' is not one of '{option}': give {other} {value}"))
        }
        _ => None,
    }
}

fn is_method(word: &str) -> bool {
    MethodArg::from_str(word, false).is_ok()
}

fn is_baseline(word: &str) -> bool {
    Baseline::all().iter().any(|(known, _)| known.matches(word, false))
}

/// The method that `word` may mean: spelled in another way, or with a letter wrong.
pub(crate) fn near<'a>(word: &str, methods: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let edits = |method: &&&str| levenshtein(&plain(word), &plain(method));
    methods.iter().min_by_key(edits).filter(|method| edits(method) <= 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_spelled_otherwise_are_known() {
        let methods = ["pca", "tsne", "sne", "kernel-pca", "isomap"];
        for (word, meant) in
            [("t-sne", "tsne"), ("PCA", "pca"), ("KernelPCA", "kernel-pca"), ("isomp", "isomap")]
        {
            assert_eq!(near(word, &methods), Some(meant));
        }
        assert_eq!(near("rows.npy", &methods), None);
    }
}
