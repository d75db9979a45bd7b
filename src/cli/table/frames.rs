//! Pictures as rows: the images of a folder, the frames of a video, or a video's patches at one place.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use image::imageops::{FilterType, resize};
use image::{ImageBuffer, Luma};
use manifold::points::Points;
use manifold::progress::Progress;
use seethru::video::{Channels, Frame, Input, Samples, VideoError};

use super::{Assumption, Choice, Column, Table};
use crate::cli::progress::LOAD;
use crate::cli::stop::Interrupted;

/// A square of a video: its top left corner and its side, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) side: usize,
}

/// Bytes that a pixel takes: its value, and the picture's.
const PIXEL: usize = 5;

/// Gray values from 0 to 1, one picture to a row.
pub(crate) fn read(path: &Path, choice: &Choice, progress: &dyn Progress) -> Result<Table> {
    let name = path.display();
    let input = match Input::locate(path) {
        Ok(input) => input,
        Err(error) if path.is_file() || !path.exists() => return Err(error.into()),
        Err(error) => bail!("{name} cannot be read as a table: {error}"),
    };
    let mut source = input.open(Channels::Luma).map_err(in_tables)?;
    let announced = source.info().announced_frames;
    let (mut values, mut pictures) = (Vec::new(), Vec::new());
    while let Some(frame) = source.next_frame()? {
        let frame = match choice.place {
            Some(place) => cut(&frame, place, path)?,
            None => match choice.side {
                Some(side) => reduced(frame, side),
                None => frame,
            },
        };
        let pixels = values.len() + frame.width * frame.height;
        choice.limit.allow_numbers(path, pixels, 1, PIXEL)?;
        values.extend(gray(&frame.samples));
        pictures.push(Frame { samples: Samples::U8(frame.samples.into_eight()), ..frame });
        if progress.advance(LOAD, pictures.len(), announced).is_break() {
            return Err(Interrupted.into());
        }
    }
    let Some(first) = pictures.first() else { bail!("{name} has no frames") };
    let (width, height) = (first.width, first.height);
    let points = Points::new(values, width * height).with_context(|| name.to_string())?;
    let notes: Vec<Assumption> =
        source.warnings().iter().map(|warning| Assumption::Doubt(warning.to_string())).collect();
    let ids = file_names(&input, pictures.len()).filter(|_| notes.is_empty());
    Ok(Table { size: Some((width, height)), pictures, ids, notes, ..Table::of(points) })
}

/// A file that is not a video may have been meant as a table.
fn in_tables(error: VideoError) -> anyhow::Error {
    match error {
        VideoError::NotAVideo { path, message } => anyhow!(
            "{} is neither a table nor a video ({message}): give .npy, .npz, .csv, .tsv, .txt, .dat, .parquet, a folder of \
             images, or a video; if it is a video, it is damaged or cut off",
            path.display()
        ),
        VideoError::NoVideoStream { path, streams } => anyhow!(
            "{} is neither a table nor a video (it holds only {streams}): give .npy, .npz, .csv, .tsv, .txt, .dat, .parquet, \
             a folder of images, or a video",
            path.display()
        ),
        error => error.into(),
    }
}

/// What names the rows: the files, where each is one.
fn file_names(input: &Input, rows: usize) -> Option<Column> {
    let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    let values: Vec<String> = input.paths().into_iter().filter_map(name).collect();
    (values.len() == rows).then(|| Column { name: "file".to_owned(), values })
}

fn gray(samples: &Samples) -> Vec<f32> {
    match samples {
        Samples::U8(values) => values.iter().map(|&v| f32::from(v) / 255.0).collect(),
        Samples::U16(values) => values.iter().map(|&v| f32::from(v) / 65535.0).collect(),
    }
}

fn cut(frame: &Frame, place: Place, path: &Path) -> Result<Frame> {
    let Place { x, y, side } = place;
    ensure!(
        x + side <= frame.width && y + side <= frame.height,
        "--at {x},{y}: a patch of {side} pixels does not fit the {}x{} frames of {}: give at most {},{}",
        frame.width,
        frame.height,
        path.display(),
        frame.width.saturating_sub(side),
        frame.height.saturating_sub(side)
    );
    let samples = frame.samples.clone().into_eight();
    let rows = (y..y + side).flat_map(|row| samples[row * frame.width + x..][..side].iter().copied());
    let samples = Samples::U8(rows.collect());
    Ok(Frame { width: side, height: side, channels: Channels::Luma, samples })
}

/// With a longer side of at most `side` pixels.
fn reduced(frame: Frame, side: usize) -> Frame {
    let longer = frame.width.max(frame.height);
    if longer <= side {
        return frame;
    }
    let scale = |pixels: usize| (pixels * side).div_ceil(longer).max(1);
    let (width, height) = (scale(frame.width), scale(frame.height));
    let (wide, high) = (frame.width as u32, frame.height as u32);
    // The buffer is as large as the frame says, so that there is an image.
    let Some(image) = ImageBuffer::<Luma<u8>, _>::from_raw(wide, high, frame.samples.clone().into_eight())
    else {
        return frame;
    };
    let small = resize(&image, width as u32, height as u32, FilterType::Triangle);
    Frame { width, height, channels: Channels::Luma, samples: Samples::U8(small.into_raw()) }
}
