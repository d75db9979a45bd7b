//! The command line as it would be typed again.

use std::ffi::OsString;

/// The program's plain name and these arguments, quoted for a POSIX shell.
pub(crate) fn repeatable(arguments: &[OsString]) -> String {
    let arguments = arguments.iter().map(|argument| quote(&argument.to_string_lossy()));
    std::iter::once("seethru".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// `command`, of [`repeatable`], with `words` in place of the option `switch`; behind `--` nothing is one.
pub(crate) fn replaced(command: &str, switch: &str, words: &[String]) -> String {
    let (mut kept, mut rest) = (Vec::new(), false);
    for word in quoted_words(command) {
        rest |= word == "--";
        if word == switch && !rest {
            kept.extend(words.iter().map(|word| quote(word)));
        } else {
            kept.push(word.to_owned());
        }
    }
    kept.join(" ")
}

/// The words of a command line as they are quoted in it.
fn quoted_words(command: &str) -> impl Iterator<Item = &str> {
    let (mut inside, mut escaped) = (false, false);
    command.split(move |c: char| {
        inside ^= c == '\'' && !escaped;
        // Between quotes a backslash is only itself.
        escaped = c == '\\' && !inside && !escaped;
        c == ' ' && !inside
    })
}

/// Quoted only if it has to be.
fn quote(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+%@".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_replaced_where_it_is_one() {
        let words = ["--method=register".to_owned(), "--frames=a b".to_owned()];
        let command =
            repeatable(&["my --auto clip.mp4", "--auto", "-o", "it's --auto .png"].map(OsString::from));
        let replaced_once = replaced(&command, "--auto", &words);
        assert_eq!(
            replaced_once,
            r"seethru 'my --auto clip.mp4' --method=register '--frames=a b' -o 'it'\''s --auto .png'"
        );
        assert_eq!(replaced("seethru --auto -- --auto", "--auto", &[]), "seethru -- --auto");
    }

    #[test]
    fn only_what_a_shell_would_change_is_quoted() {
        assert_eq!(quote("--frames=100..600"), "--frames=100..600");
        assert_eq!(quote("convex:slopes=1/2/4"), "convex:slopes=1/2/4");
        assert_eq!(quote("my clip.mp4"), "'my clip.mp4'");
        assert_eq!(quote("frames/*.png"), "'frames/*.png'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("$(rm -r ~)"), "'$(rm -r ~)'");
    }
}
