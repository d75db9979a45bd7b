//! The pictures that are asked for beside the coordinates.

use std::path::Path;

use crate::cli::plot::{self, Dissimilarities, Labels, Style, Thumbnails};
use anyhow::{Context as _, Result, bail};
use image::RgbImage;
use manifold::embed::Embedding;
use seethru::video::{Frame, Samples};

use super::args::EmbedArgs;
use super::check::name;
use super::fit::{Data, Fit, Spectrum};
use super::run::Source;

/// Writes those that the arguments name.
pub fn write(args: &EmbedArgs, source: &Source, fit: &Fit) -> Result<()> {
    let style = Style::default().seed(args.seed);
    if let Some(path) = &args.plot {
        let labels = kept(&source.labels, fit.kept.as_deref());
        let plot = if args.thumbnails {
            let pictures = thumbnails(source, fit.kept.as_deref())?;
            plot::thumbnails(&fit.embedding, &labels, &pictures, &style)?
        } else {
            plot::scatter(&fit.embedding, &labels, &style)?
        };
        plot.write(path)?;
    }
    if let Some(path) = &args.spectrum {
        let plot = match &fit.spectrum {
            Some(Spectrum::Energies { energies, total }) => plot::scree_of(energies, *total, &style)?,
            Some(Spectrum::Eigenvalues(values)) => plot::spectrum(values, &style)?,
            None => bail!("--spectrum: {} has none with these options", name(args.method)),
        };
        plot.write(path)?;
    }
    if let Some(path) = &args.dictionary {
        let (Some(components), Some((width, height))) = (&fit.dictionary, source.size) else {
            bail!("--dictionary: there are no components that are pictures")
        };
        plot::dictionary(components, width, height, &style)?.write(path)?;
    }
    if let Some(path) = &args.shepard {
        let Some(pairs) = &fit.pairs else { bail!("--shepard: {} has no distances", name(args.method)) };
        let pairs = Dissimilarities {
            dissimilarities: &pairs.given,
            distances: &pairs.embedded,
            disparities: pairs.disparities.as_deref(),
        };
        plot::shepard(&pairs, &style)?.write(path)?;
    }
    Ok(())
}

/// A scatter plot of coordinates alone.
pub fn write_scatter(path: &Path, embedding: &Embedding, labels: &Labels) -> Result<()> {
    Ok(plot::scatter(embedding, labels, &Style::default())?.write(path)?)
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
    let Samples::U8(gray) = &frame.samples else {
        bail!("--thumbnails: the pictures are deeper than 8 bits")
    };
    let pixels = gray.iter().flat_map(|&value| [value; 3]).collect();
    let (width, height) = (frame.width as u32, frame.height as u32);
    RgbImage::from_raw(width, height, pixels).context("--thumbnails: a picture is not whole")
}
