//! What is written to standard output and standard error.

use std::io::{self, Write as _};

use anyhow::Result;

/// Nobody reads it when standard error is closed.
pub(crate) fn say(kind: &str, line: &str) {
    let _ = writeln!(io::stderr().lock(), "seethru: {kind}{line}");
}

/// The error with its causes; a cause that an error already quotes is not repeated.
pub(crate) fn one_line(error: &anyhow::Error) -> String {
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
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("standard output cannot be written"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_without_repetition() {
        let cause = io::Error::other("the disk\nis full");
        let error = anyhow::Error::new(cause).context("out.png cannot be written");
        assert_eq!(one_line(&error), "out.png cannot be written: the disk is full");
        let error = anyhow::anyhow!("no room").context("out.png: no room");
        assert_eq!(one_line(&error), "out.png: no room");
    }
}
