//! What can be decoded, any number of times.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::images::Images;
use super::mask::Masked;
use super::view::{Cropped, Span, View};
use super::y4m::{self, Y4m};
use super::{Channels, FrameRange, FrameSource, Mask, Selected, Size, VideoError, VideoInfo, ffmpeg, locate};

/// The name of a pipe in errors and reports.
const STANDARD_INPUT: &str = "standard input";

/// Something that can be opened for decoding any number of times.
#[derive(Clone, Debug)]
pub struct Input {
    kind: Kind,
    view: View,
}

#[derive(Clone, Debug)]
enum Kind {
    /// A video file.
    File(PathBuf),
    Images(Vec<PathBuf>),
    /// YUV4MPEG2 from a pipe, in a file that is deleted with the last clone.
    Spooled(Arc<NamedTempFile>),
}

impl Input {
    /// Determines what `arg` means: a video file, a folder of images, or a pattern such as
    /// `frames/*.png` (`*`, `?`, `[...]`, `**` for any folders). Images are in natural order,
    /// frame2 before frame10. An existing path is never read as a pattern.
    ///
    /// # Errors
    /// For a path or pattern that leads nowhere, an empty file, a single still image (one frame
    /// is no video), a pipe or device. Whether a file is a video shows only in [`Input::open`].
    pub fn locate(arg: impl AsRef<Path>) -> Result<Self, VideoError> {
        locate::locate(arg.as_ref())
    }

    /// A video file, be it one or not: that shows in [`Input::open`].
    #[must_use]
    pub fn video(path: PathBuf) -> Self {
        Input { kind: Kind::File(path), view: View::default() }
    }

    /// Image files in this order, one frame each, or one for each page of a TIFF or frame of an
    /// animated WebP.
    #[must_use]
    pub fn images(paths: Vec<PathBuf>) -> Self {
        Input { kind: Kind::Images(paths), view: View::default() }
    }

    /// The same input, of which only this is looked at.
    #[must_use]
    pub fn with_view(self, view: View) -> Self {
        Input { view, ..self }
    }

    /// What is looked at.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Copies a YUV4MPEG2 stream to a temporary file in `folder`, so that it can be decoded more
    /// than once. The file is deleted with the last clone of the input.
    ///
    /// # Errors
    /// If nothing comes, if it is not YUV4MPEG2 (checked before anything is copied), or if it
    /// cannot be stored, as on a full disk.
    pub fn spool_y4m(mut reader: impl Read, folder: &Path) -> Result<Self, VideoError> {
        let name = || PathBuf::from(STANDARD_INPUT);
        let mut start = Vec::new();
        let magic = y4m::MAGIC.len() as u64;
        (&mut reader)
            .take(magic)
            .read_to_end(&mut start)
            .map_err(|cause| VideoError::Read { path: name(), cause })?;
        if start.is_empty() {
            return Err(VideoError::Empty { path: name() });
        }
        if start != y4m::MAGIC {
            let problem = super::Y4mProblem::Magic;
            return Err(VideoError::Y4mHeader { path: name(), problem });
        }
        let spool = |cause| VideoError::Spool { folder: folder.to_owned(), cause };
        let mut file =
            tempfile::Builder::new().prefix(".seethru-").suffix(".y4m").tempfile_in(folder).map_err(spool)?;
        file.write_all(&start).map_err(spool)?;
        io::copy(&mut reader, &mut file).map_err(spool)?;
        Ok(Input { kind: Kind::Spooled(Arc::new(file)), view: View::default() })
    }

    /// Opens it at its first frame. Sources of several calls are independent of each other.
    ///
    /// # Errors
    /// If it cannot be read or is not a video; a video without a single good frame is refused here
    /// or at the first frame.
    pub fn open(&self, channels: Channels) -> Result<Box<dyn FrameSource>, VideoError> {
        let source = self.open_whole(channels)?;
        let View { crop, start, duration, .. } = self.view;
        let source: Box<dyn FrameSource> = match start > 0.0 || duration.is_some() {
            true => Box::new(Span::new(source, (start, duration), self.name())),
            false => source,
        };
        let source: Box<dyn FrameSource> = match crop {
            Some(crop) => Box::new(Cropped::new(source, crop, self.name())?),
            None => source,
        };
        Ok(match self.mask(source.info().whole)? {
            Some(mask) => Box::new(Masked::new(source, &mask)),
            None => source,
        })
    }

    /// The mask of what is looked at, if there is one; `whole` is the size of the input's whole picture
    /// ([`VideoInfo::whole`]).
    ///
    /// # Errors
    /// If it is of another size, or leaves out all of the rectangle.
    pub fn mask(&self, whole: Size) -> Result<Option<Mask>, VideoError> {
        let Some(mask) = &self.view.mask else { return Ok(None) };
        mask.of_part((self.view.crop, whole), self.name()).map(Some)
    }

    fn open_whole(&self, channels: Channels) -> Result<Box<dyn FrameSource>, VideoError> {
        match &self.kind {
            Kind::File(path) if y4m::is_y4m(path)? => self.open_y4m(path, path, channels),
            Kind::File(path) => ffmpeg::open(path, path, channels, !self.view.interlaced),
            Kind::Images(paths) => Ok(Box::new(Images::open(paths, channels)?)),
            Kind::Spooled(file) => self.open_y4m(file.path(), Path::new(STANDARD_INPUT), channels),
        }
    }

    fn open_y4m(
        &self,
        path: &Path,
        name: &Path,
        channels: Channels,
    ) -> Result<Box<dyn FrameSource>, VideoError> {
        let source = Y4m::open(path, name, channels)?;
        if cfg!(feature = "video") && source.info().interlaced && !self.view.interlaced {
            return ffmpeg::open(path, name, channels, true);
        }
        Ok(Box::new(source))
    }

    /// What is known before all frames are decoded.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn info(&self) -> Result<VideoInfo, VideoError> {
        Ok(self.open(Channels::Luma)?.info().clone())
    }

    /// When the frames of the range are shown, in seconds since the first of them; `None` if the input does not say, as images
    /// and y4m. Decodes the input once.
    ///
    /// # Errors
    /// As [`Input::open`], and if no frame is in the range.
    pub fn times(&self, range: FrameRange) -> Result<Option<Vec<f64>>, VideoError> {
        let mut source = Selected::new(self.open(Channels::Luma)?, range, self.name());
        let mut times = Vec::new();
        while source.skip_frame()? {
            let Some(time) = source.time() else { return Ok(None) };
            times.push(time);
        }
        let Some(&first) = times.first() else { return Ok(None) };
        Ok(Some(times.iter().map(|time| time - first).collect()))
    }

    /// What holds the frames: FFmpeg's name of the file's format ("mov,mp4,m4a,3gp,3g2,mj2"), "y4m" or
    /// "images".
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn container(&self) -> Result<String, VideoError> {
        match &self.kind {
            Kind::File(path) if !y4m::is_y4m(path)? => ffmpeg::container(path),
            Kind::File(_) | Kind::Spooled(_) => Ok("y4m".to_owned()),
            Kind::Images(_) => Ok("images".to_owned()),
        }
    }

    /// The files it reads.
    pub fn paths(&self) -> Vec<&Path> {
        match &self.kind {
            Kind::File(path) => vec![path],
            Kind::Images(paths) => paths.iter().map(PathBuf::as_path).collect(),
            Kind::Spooled(file) => vec![file.path()],
        }
    }

    /// Its name in messages and reports: its path, the folder of its images, or
    /// "standard input".
    #[must_use]
    pub fn name(&self) -> PathBuf {
        match &self.kind {
            Kind::File(path) => path.clone(),
            Kind::Images(paths) if paths.len() == 1 => paths[0].clone(),
            Kind::Images(paths) => paths
                .first()
                .and_then(|path| path.parent())
                .filter(|folder| !folder.as_os_str().is_empty())
                .unwrap_or(Path::new("."))
                .to_owned(),
            Kind::Spooled(_) => PathBuf::from(STANDARD_INPUT),
        }
    }
}
