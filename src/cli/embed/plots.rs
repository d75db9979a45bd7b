//! The pictures that are asked for besides the coordinates.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use image::RgbImage;
use manifold::embed::Embedding;
use seethru::video::{Frame, Samples};

use super::fitted::{Data, Fitted, Spectrum};
use super::method::Files;
use super::rows::Source;
use crate::cli::outputs::Outputs;
use crate::cli::plot::{self, Dissimilarities, Labels, Thumbnails};

/// The map: points, or with `thumbnails` the pictures themselves.
pub(crate) fn write_map(
    path: &Path,
    source: &Source,
    fitted: &Fitted,
    thumbnails: bool,
    seed: u64,
) -> Result<()> {
    let labels = kept(&source.labels, fitted.kept.as_deref());
    let plot = if thumbnails {
        let pictures = self::thumbnails(source, fitted.kept.as_deref())?;
        plot::thumbnails(&fitted.embedding, &labels, &pictures, seed)?
    } else {
        plot::scatter(&fitted.embedding, &labels, seed)?
    };
    Ok(plot.write(path)?)
}

/// The plots that only some methods have.
pub(crate) fn write_others(
    files: &Files,
    source: &Source,
    fitted: &Fitted,
    seed: u64,
    outputs: &mut Outputs,
) -> Result<()> {
    if let Some(path) = files.spectrum {
        let plot = match &fitted.spectrum {
            Some(Spectrum::Energies { energies, total }) => plot::scree(energies, *total)?,
            Some(Spectrum::Eigenvalues(values)) => plot::spectrum(values)?,
            None => bail!("--spectrum: this method has none with these options"),
        };
        outputs.make(path, |path| Ok(plot.write(path)?))?;
    }
    if let Some(path) = files.dictionary {
        let (Some(components), Some((width, height))) = (&fitted.dictionary, source.size) else {
            bail!("--dictionary: the components are not images")
        };
        let plot = plot::dictionary(components, width, height)?;
        outputs.make(path, |path| Ok(plot.write(path)?))?;
    }
    if let Some(path) = files.shepard {
        let Some(pairs) = &fitted.pairs else { bail!("--shepard: this method has no distances") };
        let pairs = Dissimilarities {
            dissimilarities: &pairs.given,
            distances: &pairs.embedded,
            disparities: pairs.disparities.as_deref(),
        };
        let plot = plot::shepard(&pairs, seed)?;
        outputs.make(path, |path| Ok(plot.write(path)?))?;
    }
    Ok(())
}

/// A scatter plot of coordinates alone.
pub(crate) fn write_scatter(path: &Path, embedding: &Embedding, labels: &Labels) -> Result<()> {
    Ok(plot::scatter(embedding, labels, 0)?.write(path)?)
}

/// The labels of the rows that have coordinates.
fn kept(labels: &Labels, rows: Option<&[u32]>) -> Labels {
    let Some(rows) = rows else { return labels.clone() };
    match labels {
        Labels::None => Labels::None,
        Labels::Classes { names, of } => {
            Labels::Classes { names: names.clone(), of: rows.iter().map(|&row| of[row as usize]).collect() }
        }
        Labels::Values(values) => Labels::Values(rows.iter().map(|&row| values[row as usize]).collect()),
    }
}

fn thumbnails(source: &Source, rows: Option<&[u32]>) -> Result<Thumbnails> {
    if let (Data::Points(points), Some((width, height)), true) =
        (&source.data, source.size, source.pictures.is_empty() && rows.is_none())
    {
        return Ok(Thumbnails::from_points(points, width, height)?);
    }
    let all: Vec<RgbImage> = source.pictures.iter().map(picture).collect::<Result<_>>()?;
    Ok(match rows {
        None => Thumbnails::new(all),
        Some(rows) => Thumbnails::new(rows.iter().filter_map(|&row| all.get(row as usize).cloned())),
    })
}

fn picture(frame: &Frame) -> Result<RgbImage> {
    let Samples::U8(gray) = &frame.samples else { bail!("--thumbnails: the images have more than 8 bits") };
    let pixels = gray.iter().flat_map(|&value| [value; 3]).collect();
    let (width, height) = (frame.width as u32, frame.height as u32);
    RgbImage::from_raw(width, height, pixels).context("--thumbnails: an image is incomplete")
}
