//! A clip as it was named: by file, folder, pattern or row of a list.

use std::path::{Path, PathBuf};

use anyhow::Result;
use seethru::video::Input;

/// A clip as it was named, before anything is settled.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) input: Input,
    /// Where below the output folder its outputs go: as it lies below the folder that was given.
    pub(crate) below: PathBuf,
    /// The picture's name below the output folder, if a list says it.
    pub(crate) output: Option<PathBuf>,
    /// Options of its row, as words of a command line.
    pub(crate) words: Vec<String>,
    /// Switches that its row turns off, as words.
    pub(crate) off: Vec<String>,
    /// The list and its row.
    pub(crate) origin: Option<String>,
}

impl Named {
    /// A clip that has no row, found at `path`.
    pub(crate) fn at(path: &Path, below: &Path) -> Result<Named> {
        Ok(Named::of(Input::locate(path)?, path, below))
    }

    /// A clip found in a folder: what is wrong with it shows when its turn comes, and does not refuse the others.
    pub(crate) fn found(path: &Path, below: &Path) -> Named {
        let input = Input::locate(path).unwrap_or_else(|_| Input::video(path.to_owned()));
        Named::of(input, path, below)
    }

    fn of(input: Input, path: &Path, below: &Path) -> Named {
        Named {
            name: path.display().to_string(),
            input,
            below: below.to_owned(),
            output: None,
            words: Vec::new(),
            off: Vec::new(),
            origin: None,
        }
    }

    /// How errors call it: behind its row, if it has one.
    pub(crate) fn title(&self) -> String {
        match &self.origin {
            Some(origin) => format!("{origin}: {}", self.name),
            None => self.name.clone(),
        }
    }
}
