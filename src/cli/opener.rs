//! `--open`: the page in the browser, once it is there.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use super::console::Console;
use super::misuse::Misuse;

/// What opens a file on this system, with what comes before its name.
#[cfg(target_os = "macos")]
const OPENER: (&str, &[&str]) = ("open", &[]);
#[cfg(windows)]
const OPENER: (&str, &[&str]) = ("cmd", &["/C", "start", ""]);
#[cfg(not(any(target_os = "macos", windows)))]
const OPENER: (&str, &[&str]) = ("xdg-open", &[]);

/// One that fails does so by then; one that is the browser itself goes on for as long as that is open.
const PATIENCE: Duration = Duration::from_secs(3);

/// `--open` needs a page.
pub(crate) fn check(open: bool, page: Option<&Path>) -> Result<()> {
    let without = || anyhow!("--open shows the page of --report: give --report page.html as well");
    if open && page.is_none() { Err(Misuse::of(without())) } else { Ok(()) }
}

/// Opens the page; where that does not work it is written all the same.
pub(crate) fn open(page: &Path, console: &Console) {
    if let Err(why) = begin(page) {
        console.warning(&format!(
            "--open: {} cannot be opened ({}: {why}): open it in a browser",
            page.display(),
            OPENER.0
        ));
    }
}

fn begin(page: &Path) -> io::Result<()> {
    let (program, before) = OPENER;
    let mut command = Command::new(program);
    command.args(before).arg(page.canonicalize()?);
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (mut child, start) = (quiet.spawn()?, Instant::now());
    while start.elapsed() < PATIENCE {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(io::Error::other(status.to_string())),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    Ok(())
}
