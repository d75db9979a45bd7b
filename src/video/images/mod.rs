//! Video from image files: a picture each, or the pages of a stack.

mod jpeg;
mod picture;
mod series;
mod tiff;
mod webp;

use std::path::PathBuf;
use std::sync::Arc;

use image::DynamicImage;

use self::picture::Part;
pub use self::picture::{read_still, still_size};
pub(super) use self::series::{Kind, kind};
use self::series::{LeftOut, Series};
use super::error::Size;
use super::{
    Channels, ColorSpace, Depth, Frame, FrameSource, Samples, VideoError, VideoInfo, Warning, WarningKind,
    luma,
};

/// Bits that cameras and microscopes store in sixteen.
const NARROW: [u32; 3] = [10, 12, 14];

/// Reads image files in the order given, turned as their EXIF orientation says; transparency is
/// dropped. The video has color, or 16 bits, if one of them has. What cannot be read is left out.
pub(super) struct Images {
    series: Series,
    next: usize,
    delivered: usize,
    channels: Channels,
    info: VideoInfo,
    /// The animation that is being read.
    animation: Option<webp::Animation>,
    /// The highest code of the images, once it is known.
    highest: Option<u16>,
    left_out: LeftOut,
    warnings: Vec<Warning>,
}

impl Images {
    /// Reads what the images' headers say.
    pub(super) fn open(paths: &[PathBuf], channels: Channels) -> Result<Self, VideoError> {
        let mut series = Series::survey(paths)?;
        let (color_space, warning) = color_space(&series);
        let info = VideoInfo {
            color_space,
            width: series.size.width,
            height: series.size.height,
            channels: if series.has_color { Channels::Rgb } else { Channels::Luma },
            depth: if series.is_deep { Depth::Sixteen } else { Depth::Eight },
            announced_frames: Some(series.pictures.len()),
            frame_rate: series.frame_rate,
            whole: series.size,
            left_out: None,
            interlaced: false,
            codec: std::mem::take(&mut series.codec),
        };
        let left_out = std::mem::take(&mut series.left_out);
        let warning = warning.map(|line| Warning::new(WarningKind::Meaning, line));
        let warnings = warning.into_iter().chain(animated(&series)).collect();
        Ok(Images {
            series,
            next: 0,
            delivered: 0,
            channels,
            info,
            animation: None,
            highest: None,
            left_out,
            warnings,
        })
    }

    fn decode(&mut self, at: usize) -> Result<DynamicImage, VideoError> {
        let picture = &self.series.pictures[at];
        let image = match picture.part {
            Part::Frame(number) => {
                let animation = match self.animation.take().filter(|open| open.path() == &*picture.path) {
                    Some(open) => open,
                    None => webp::Animation::open(&picture.path)?,
                };
                self.animation.insert(animation).frame(number)?
            }
            part => picture::decode(&picture.path, part)?,
        };
        // The file may have been written anew.
        let size = Size { width: image.width() as usize, height: image.height() as usize };
        if size != self.series.size {
            return Err(VideoError::MixedSizes {
                first: self.series.pictures[0].path.to_path_buf(),
                first_size: self.series.size,
                other: picture.path.to_path_buf(),
                other_size: size,
            });
        }
        Ok(image)
    }

    /// The highest code that the images can hold: that of fewer bits, if they all are of 16 and none has a higher one.
    fn highest(&mut self) -> Result<u16, VideoError> {
        if let Some(highest) = self.highest {
            return Ok(highest);
        }
        let mut most = 0;
        if self.series.all_deep {
            for at in 0..self.series.pictures.len() {
                match self.decode(at) {
                    Ok(image) => most = most.max(highest_sample(image)),
                    // Left out once its turn comes.
                    Err(error) if error.of_one_image().is_some() => {}
                    Err(error) => return Err(error),
                }
                if most >> NARROW[NARROW.len() - 1] > 0 {
                    break;
                }
            }
        }
        let narrow = NARROW.into_iter().find(|bits| most >> bits == 0);
        let highest = narrow.filter(|_| most > 0).map_or(u16::MAX, |bits| (1 << bits) - 1);
        if highest < u16::MAX {
            self.warnings.push(Warning::new(WarningKind::Meaning, format!(
                "the images hold {} bits in 16 (no value is above {highest}): they are scaled to the full range",
                highest.count_ones()
            )));
        }
        self.highest = Some(highest);
        Ok(highest)
    }

    fn frame(&self, image: DynamicImage, highest: u16) -> Frame {
        let (have, mut samples) = samples_of(image, self.info.depth);
        if let Samples::U16(samples) = &mut samples
            && highest < u16::MAX
        {
            for sample in samples {
                *sample = widened(*sample, highest);
            }
        }
        Frame {
            width: self.info.width,
            height: self.info.height,
            channels: self.channels,
            samples: luma::convert(samples, have, self.channels),
        }
    }

    fn end(&mut self) -> Result<(), VideoError> {
        match self.left_out.take() {
            Some((first, _)) if self.delivered == 0 => return Err(first),
            Some((_, line)) => self.warnings.push(Warning::new(WarningKind::Incomplete, line)),
            None => {}
        }
        Ok(())
    }
}

impl FrameSource for Images {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        let highest = self.highest()?;
        while self.next < self.series.pictures.len() {
            let at = self.next;
            self.next += 1;
            match self.decode(at) {
                Ok(image) => {
                    self.delivered += 1;
                    return Ok(Some(self.frame(image, highest)));
                }
                Err(error) => self.left_out.add(error)?,
            }
        }
        self.end().map(|()| None)
    }

    fn skip_frame(&mut self) -> Result<bool, VideoError> {
        let there = self.next < self.series.pictures.len();
        self.next += usize::from(there);
        self.delivered += usize::from(there);
        if !there {
            self.end()?;
        }
        Ok(there)
    }

    fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// The profile that all pictures have, and what is to be said of it.
fn color_space(series: &Series) -> (ColorSpace, Option<String>) {
    let space = match &series.profiles.first {
        Some(profile) if !series.profiles.differ => ColorSpace::Icc(Arc::clone(profile)),
        None if !series.profiles.differ => return (ColorSpace::Standard, None),
        _ => ColorSpace::Standard,
    };
    let channels = if series.has_color { Channels::Rgb } else { Channels::Luma };
    match space.profile(channels) {
        Some(_) => {
            let told = "the images have a color profile (ICC): their values are kept; stills in PNG, TIFF, JPEG and WebP carry \
                        it, other outputs do not";
            (space, Some(told.to_owned()))
        }
        None => {
            let why = if series.profiles.differ {
                "have different color profiles"
            } else {
                "have an unknown kind of color profile"
            };
            (
                ColorSpace::Standard,
                Some(format!("the images {why} (ICC): their values are kept, and the still has no profile")),
            )
        }
    }
}

/// What is to be said of animations among the images.
fn animated(series: &Series) -> Option<Warning> {
    let (first, others) = series.animations.split_first()?;
    let name = first.file_name().unwrap_or(first.as_os_str()).display();
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    let line = format!(
        "{name}{more} is an animation, of which the first frame alone is used among other images: to use all of its frames, \
         give that file by itself"
    );
    Some(Warning::new(WarningKind::Fewer, line))
}

/// Gray stays gray; everything else becomes RGB.
fn samples_of(image: DynamicImage, depth: Depth) -> (Channels, Samples) {
    let channels = if image.color().has_color() { Channels::Rgb } else { Channels::Luma };
    let samples = match (channels, depth) {
        (Channels::Luma, Depth::Eight) => Samples::U8(image.into_luma8().into_raw()),
        (Channels::Luma, Depth::Sixteen) => Samples::U16(image.into_luma16().into_raw()),
        (Channels::Rgb, Depth::Eight) => Samples::U8(image.into_rgb8().into_raw()),
        (Channels::Rgb, Depth::Sixteen) => Samples::U16(image.into_rgb16().into_raw()),
    };
    (channels, samples)
}

fn highest_sample(image: DynamicImage) -> u16 {
    match samples_of(image, Depth::Sixteen) {
        (_, Samples::U16(samples)) => samples.into_iter().max().unwrap_or(0),
        (_, Samples::U8(_)) => u16::MAX,
    }
}

/// 0..=`highest` to 0..=65535, rounded to nearest.
fn widened(sample: u16, highest: u16) -> u16 {
    let (sample, highest) = (u32::from(sample), u32::from(highest));
    // What is beyond, in a file that was written anew, counts as the highest.
    ((sample.min(highest) * u32::from(u16::MAX) + highest / 2) / highest) as u16
}
