//! What image files hold, by their headers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::ImageFormat::{Bmp, Jpeg, Png, Pnm, Tiff, WebP};

use super::picture::{Header, Part, reader};
use super::{jpeg, tiff, webp};
use crate::video::error::Size;
use crate::video::{Depth, VideoError};

/// Names that a message lists.
const NAMED: usize = 3;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::video) enum Kind {
    /// One picture.
    Still,
    /// Several, which are read as those of several files are.
    Stack,
    /// No image, or one that is a video for FFmpeg.
    Video,
}

/// What the file is, by its content.
pub(in crate::video) fn kind(path: &Path) -> Result<Kind, VideoError> {
    let stack_if = |several: bool| if several { Kind::Stack } else { Kind::Still };
    Ok(match reader(path, Part::First)?.format() {
        Some(Png) if is_animated_png(path) => Kind::Video,
        Some(Jpeg) if jpeg::is_stream(path)? => Kind::Video,
        Some(Tiff) => stack_if(tiff::pages(path)?.len() > 1),
        // What cannot be opened is reported with the other images.
        Some(WebP) => stack_if(webp::Animation::open(path).is_ok_and(|open| open.frames() > 1)),
        Some(Png | Bmp | Jpeg | Pnm) => Kind::Still,
        _ => Kind::Video,
    })
}

fn is_animated_png(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    image::codecs::png::PngDecoder::new(std::io::BufReader::new(file))
        .and_then(|decoder| decoder.is_apng())
        .unwrap_or(false)
}

/// A picture that is read as one frame.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) path: Arc<Path>,
    pub(super) part: Part,
}

/// The color profiles of a series.
#[derive(Clone, Debug, Default)]
pub(super) struct Profiles {
    /// That of the first picture.
    pub(super) first: Option<Arc<[u8]>>,
    /// Another picture has another, or none.
    pub(super) differ: bool,
}

impl Profiles {
    fn add(&mut self, profile: Option<&[u8]>, is_first: bool) {
        match is_first {
            true => self.first = profile.map(Arc::from),
            false => self.differ |= self.first.as_deref() != profile,
        }
    }
}

/// Pictures of one size, in order.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) pictures: Vec<Picture>,
    pub(super) size: Size,
    /// One of them has color.
    pub(super) has_color: bool,
    /// One of them has more than 8 bits.
    pub(super) is_deep: bool,
    /// All have.
    pub(super) all_deep: bool,
    /// Their color profiles (ICC) other than that of sRGB.
    pub(super) profiles: Profiles,
    pub(super) codec: String,
    pub(super) frame_rate: Option<f64>,
    pub(super) left_out: LeftOut,
    /// Animated PNGs, of which the first frame alone is one of the pictures.
    pub(super) animations: Vec<Arc<Path>>,
}

impl Series {
    pub(super) fn survey(paths: &[PathBuf]) -> Result<Series, VideoError> {
        let mut found = Found::default();
        for path in paths {
            if let Err(error) = found.add(path) {
                found.left_out.add(error)?;
            }
        }
        let Found {
            pictures,
            first,
            has_color,
            is_deep,
            all_deep,
            profiles,
            codec,
            frame_rate,
            mut left_out,
            animations,
        } = found;
        let Some((_, size)) = first.filter(|_| pictures.len() > 1) else {
            let none = || VideoError::EmptyFolder { folder: "".into() };
            return Err(match (left_out.take(), paths) {
                (Some((error, _)), _) => error,
                (None, [one]) => VideoError::SingleImage { path: one.clone() },
                (None, _) => none(),
            });
        };
        let frame_rate = frame_rate.filter(|_| paths.len() == 1);
        Ok(Series {
            pictures,
            size,
            has_color,
            is_deep,
            all_deep,
            profiles,
            codec,
            frame_rate,
            left_out,
            animations,
        })
    }
}

/// What has been found so far.
struct Found {
    pictures: Vec<Picture>,
    first: Option<(Arc<Path>, Size)>,
    has_color: bool,
    is_deep: bool,
    all_deep: bool,
    profiles: Profiles,
    codec: String,
    frame_rate: Option<f64>,
    left_out: LeftOut,
    animations: Vec<Arc<Path>>,
}

impl Default for Found {
    fn default() -> Found {
        Found {
            pictures: Vec::new(),
            first: None,
            has_color: false,
            is_deep: false,
            all_deep: true,
            profiles: Profiles::default(),
            codec: String::new(),
            frame_rate: None,
            left_out: LeftOut::default(),
            animations: Vec::new(),
        }
    }
}

impl Found {
    fn add(&mut self, path: &Path) -> Result<(), VideoError> {
        let format = reader(path, Part::First)?.format();
        let path: Arc<Path> = path.into();
        let parts = match format {
            Some(Tiff) => match tiff::pages(&path)?.as_slice() {
                // What is wrong with it shows when it is read.
                [] => vec![Part::First],
                pages => pages.iter().copied().map(Part::Page).collect(),
            },
            Some(WebP) => {
                let animation = webp::Animation::open(&path)?;
                self.frame_rate = animation.rate();
                match animation.frames() {
                    1 => vec![Part::First],
                    frames => (0..frames).map(Part::Frame).collect(),
                }
            }
            _ => vec![Part::First],
        };
        if format == Some(Png) && is_animated_png(&path) {
            self.animations.push(Arc::clone(&path));
        }
        // All frames of an animation have its header, which takes a look at each of them.
        let mut shared = None;
        for part in parts {
            let header = match part {
                Part::Frame(_) => shared.take().map_or_else(|| Header::read(&path, part), Ok),
                _ => Header::read(&path, part),
            };
            match header {
                Ok(header) => {
                    self.take(&path, part, &header)?;
                    shared = Some(header);
                }
                Err(error) => self.left_out.add(error)?,
            }
        }
        if self.codec.is_empty() {
            let name = format.and_then(|format| format.extensions_str().first());
            self.codec = name.map_or("image", |name| name).to_owned();
        }
        Ok(())
    }

    fn take(&mut self, path: &Arc<Path>, part: Part, header: &Header) -> Result<(), VideoError> {
        self.check_size(path, header.size)?;
        self.has_color |= header.kind.has_color();
        self.profiles.add(header.profile.as_deref(), self.pictures.is_empty());
        self.is_deep |= header.depth() == Depth::Sixteen;
        self.all_deep &= header.depth() == Depth::Sixteen;
        self.pictures.push(Picture { path: Arc::clone(path), part });
        Ok(())
    }

    fn check_size(&mut self, path: &Arc<Path>, size: Size) -> Result<(), VideoError> {
        let (first, first_size) = self.first.get_or_insert_with(|| (Arc::clone(path), size));
        if size == *first_size {
            return Ok(());
        }
        Err(VideoError::MixedSizes {
            first: first.to_path_buf(),
            first_size: *first_size,
            other: path.to_path_buf(),
            other_size: size,
        })
    }
}

/// Images that cannot be read.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    first: Option<VideoError>,
    lines: Vec<String>,
}

impl LeftOut {
    /// Takes note of an image, or gives the error back if it is not of one image alone.
    pub(super) fn add(&mut self, error: VideoError) -> Result<(), VideoError> {
        let Some((path, cause)) = error.of_one_image() else { return Err(error) };
        let name = path.file_name().unwrap_or(path.as_os_str()).display();
        self.lines.push(format!("{name} ({cause})"));
        self.first.get_or_insert(error);
        Ok(())
    }

    /// The first, and all of them in one line.
    pub(super) fn take(&mut self) -> Option<(VideoError, String)> {
        let first = self.first.take()?;
        let lines = std::mem::take(&mut self.lines);
        let named = lines[..lines.len().min(NAMED)].join(", ");
        let line = match lines.len() {
            1 => format!("an image is left out: {named}"),
            all if all <= NAMED => format!("{all} images are left out: {named}"),
            all => format!("{all} images are left out: {named} and {} more", all - NAMED),
        };
        Some((first, line))
    }
}
