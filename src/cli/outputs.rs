//! The files of one run: they appear together once all are made, or none does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use seethru::output::{StillError, Together, write_whole};

use super::file_names::{self, missing};
use super::lines::one_line;
use super::stop::Stop;

/// Lets a file that grows beyond the limit (`ulimit -f`) be reported as an error instead of ending the process.
pub(crate) fn survive_limits() {
    #[cfg(unix)]
    // SAFETY: ignoring a signal installs no handler, and no thread has been started that could rely on its default.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// What is said of a run that is ended between its files and its last words.
const WRITTEN: &str = "stopped; all files were written";

/// The files that a run writes.
pub(crate) struct Outputs<'a> {
    together: Together,
    /// Folders that were not there before, outer ones first.
    folders: Vec<PathBuf>,
    stop: &'a Stop,
}

impl<'a> Outputs<'a> {
    pub(crate) fn new(stop: &'a Stop) -> Outputs<'a> {
        Outputs { together: Together::default(), folders: Vec::new(), stop }
    }

    /// Makes what will be at `path`: `make` gets the place to write to.
    pub(crate) fn make<T>(&mut self, path: &Path, make: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
        let staged = staged(&mut self.together, path, self.stop)?;
        make(&staged).map_err(|error| renamed(error, &staged, path))
    }

    /// The same from what is in memory.
    pub(crate) fn bytes(&mut self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.make(path, |staged| Ok(write_whole(staged, bytes)?))
    }

    /// Makes the folder, and those above it, where they are missing; they go again if the files do not appear.
    pub(crate) fn folder(&mut self, folder: &Path) -> std::io::Result<()> {
        let missing = missing(folder);
        if let Some(outermost) = missing.first() {
            self.stop.takes_away(outermost);
        }
        self.folders.extend(missing);
        fs::create_dir_all(folder)
    }

    /// Puts all files in their places, unless the user wants to stop.
    pub(crate) fn appear(self) -> Result<()> {
        self.stop.check()?;
        self.appear_all_the_same()
    }

    /// Puts all files in their places: the user wants to stop, and to keep them.
    pub(crate) fn appear_all_the_same(mut self) -> Result<()> {
        let together = std::mem::take(&mut self.together);
        self.stop.unbroken(|| Ok(together.appear()?), WRITTEN)?;
        self.folders.clear();
        Ok(())
    }
}

/// Where to write what will be at `path`.
pub(crate) fn staged(together: &mut Together, path: &Path, stop: &Stop) -> Result<PathBuf, StillError> {
    stop.temporary(|| {
        let staged = together.stage(path)?;
        let folder = staged.parent().unwrap_or(&staged).to_owned();
        Ok((staged, folder))
    })
}

impl Drop for Outputs<'_> {
    fn drop(&mut self) {
        // The files first, so that the folders are empty.
        drop(std::mem::take(&mut self.together));
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// An error of what is made elsewhere, with the name that the file will have.
fn renamed(error: anyhow::Error, staged: &Path, path: &Path) -> anyhow::Error {
    let line = one_line(&error);
    let folder = staged.parent().unwrap_or(staged).display().to_string();
    if !line.contains(&folder) {
        return error;
    }
    let line = line.replace(&staged.display().to_string(), &path.display().to_string());
    anyhow!(line.replace(&folder, &file_names::folder(path).display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_file_that_was_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let stop = Stop::default();
        let mut outputs = Outputs::new(&stop);
        let error = outputs.make(&path, |staged| -> Result<()> {
            anyhow::bail!(
                "{} cannot be written: {} is full",
                staged.display(),
                staged.parent().unwrap().display()
            )
        });
        let told = error.unwrap_err().to_string();
        let name = folder.path().display();
        assert_eq!(told, format!("{name}/a.txt cannot be written: {name} is full"));
    }

    #[test]
    fn folders_go_again_with_files_that_do_not_appear() {
        let folder = tempfile::tempdir().unwrap();
        let stop = Stop::default();
        let written = |whole: bool| {
            let mut outputs = Outputs::new(&stop);
            outputs.folder(&folder.path().join("deep/er")).unwrap();
            outputs.bytes(&folder.path().join("deep/er/b.txt"), b"b").unwrap();
            if whole {
                outputs.appear().unwrap();
            }
        };
        written(false);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        written(true);
        assert_eq!(fs::read(folder.path().join("deep/er/b.txt")).unwrap(), b"b");
    }
}
