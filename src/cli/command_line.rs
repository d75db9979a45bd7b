//! The command line as it would be typed again.

use std::ffi::OsString;

/// The program's plain name and these arguments, quoted for a POSIX shell.
pub fn repeatable(arguments: &[OsString]) -> String {
    let arguments = arguments.iter().map(|argument| quote(&argument.to_string_lossy()));
    std::iter::once("seethru".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
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
