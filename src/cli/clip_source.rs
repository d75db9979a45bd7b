//! Where the frames of a clip come from: files, or standard input.

use std::io::{self, IsTerminal as _, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use seethru::output::{OwnFolder, StillError};
use seethru::video::{Input, Mask, VideoError, View};

use super::batch::first_video;
use super::stop::Stop;

/// The input's name for standard input.
pub(crate) const PIPE: &str = "-";

/// Where the frames come from.
#[derive(Debug)]
pub(crate) enum Source {
    Located(Input),
    /// YUV4MPEG2 on standard input; it is read only once all the rest is known to be right.
    Pipe(View),
}

impl Source {
    /// The source of the input with this name, of which `view` is looked at.
    pub(crate) fn named(name: &Path, view: View) -> Result<Source> {
        Ok(match name == Path::new(PIPE) {
            true => Source::Pipe(view),
            false => {
                let input =
                    Input::locate(name).map_err(|error| instead(error, &name.display().to_string()))?;
                Source::Located(input.with_view(view))
            }
        })
    }

    /// The files that are read.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        let (mut paths, view) = match self {
            Source::Located(input) => (input.paths(), input.view()),
            Source::Pipe(view) => (Vec::new(), view),
        };
        paths.extend(view.mask.as_ref().map(Mask::path));
        paths
    }

    /// Opens the source; a pipe is read to its end.
    pub(crate) fn open(&self, stop: &Stop) -> Result<Opened> {
        match self {
            Source::Located(input) => Ok(Opened { input: input.clone(), _spool: None }),
            Source::Pipe(_) if io::stdin().is_terminal() => {
                bail!("- reads y4m from a pipe, but nothing is piped in: name a file, or pipe a video")
            }
            Source::Pipe(view) => {
                let spool = stop.temporary(spool)?;
                let stdin = Stoppable { reader: io::stdin().lock(), stop };
                let input = Input::spool_y4m(stdin, spool.path())
                    .map_err(|error| in_temporary_folder(error, spool.path()))?;
                Ok(Opened { input: input.with_view(view.clone()), _spool: Some(spool) })
            }
        }
    }
}

/// A source that can be decoded; what a pipe brought is deleted with it.
pub(crate) struct Opened {
    // Before the folder that it is in.
    input: Input,
    _spool: Option<OwnFolder>,
}

impl Deref for Opened {
    type Target = Input;

    fn deref(&self) -> &Input {
        &self.input
    }
}

/// What to type instead of a folder of videos, or of an address.
fn instead(error: VideoError, name: &str) -> anyhow::Error {
    match &error {
        VideoError::EmptyFolder { folder } => match first_video(folder) {
            None => error.into(),
            Some(first) => anyhow!(
                "the folder {name} holds videos and no images: restore one (seethru {first}), or all (seethru batch {name} \
                 -o restored)"
            ),
        },
        VideoError::Missing { .. } if name.contains("://") => {
            anyhow!("{name} is an address: fetch the video first (with curl -LO, say), and name the file")
        }
        _ => error.into(),
    }
}

/// A folder for what comes through a pipe.
fn spool() -> Result<(OwnFolder, PathBuf)> {
    let made = OwnFolder::create(&std::env::temp_dir(), ".seethru-pipe-").map_err(|error| match error {
        StillError::NotWritable { folder, cause } => VideoError::Spool { folder, cause }.into(),
        error => anyhow::Error::new(error),
    })?;
    let place = made.path().to_owned();
    Ok((made, place))
}

/// The user knows the folder for temporary files, and not what is in it.
fn in_temporary_folder(error: VideoError, spool: &Path) -> VideoError {
    match error {
        VideoError::Spool { folder, cause } if folder == spool => {
            VideoError::Spool { folder: std::env::temp_dir(), cause }
        }
        error => error,
    }
}

/// Ends a pipe that may never end by itself when the user wants to stop.
struct Stoppable<'a, R> {
    reader: R,
    stop: &'a Stop,
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stop.check().map_err(io::Error::other)?;
        self.reader.read(buffer)
    }
}
