//! The figure of a place, from what was found there.

use std::ffi::OsStr;
use std::path::Path;

use crate::cli::plot::{self, PlaceCenter, PlaceChart, PlaceFigure, Plot, Thumbnails};
use anyhow::{Result, bail};
use image::RgbImage;
use seethru::inspect::{Chart, Place};
use seethru::video::{Frame, Samples};

use super::InspectPlan;

pub(crate) fn draw(plan: &InspectPlan, place: &Place) -> Result<Plot> {
    let pictures = Thumbnails::new(place.patches.iter().map(picture).collect::<Result<Vec<_>>>()?);
    let centers = place.centers.iter().map(|center| PlaceCenter {
        name: &center.name,
        node: center.node,
        far_name: &center.far_name,
        far: center.far,
    });
    let ends = |edge| {
        let (u, v) = place.graph.ends(edge);
        (u as u32, v as u32)
    };
    let (x, y) = plan.settings.at;
    let figure = PlaceFigure {
        title: format!(
            "{} at {x},{y}: {} patches of {side} × {side} pixels",
            Path::new(&plan.name).file_name().map_or(plan.name.as_str().into(), OsStr::to_string_lossy),
            place.frames.len(),
            side = plan.settings.patch
        ),
        pictures: &pictures,
        captions: place.frames.iter().map(u32::to_string).collect(),
        branch: &place.branch,
        centers: centers.collect(),
        edges: (0..place.graph.edges()).map(ends).collect(),
        leaks: place.leaks.iter().map(|leak| leak.nodes).collect(),
        charts: [
            chart("Isomap (shortest paths)", place, &place.isomap),
            chart("convex flow", place, &place.flow),
        ],
    };
    Ok(plot::place(&figure)?)
}

fn chart<'a>(name: &str, place: &Place, chart: &'a Chart) -> PlaceChart<'a> {
    PlaceChart {
        title: format!("{name}, residual variance {:.3}", chart.residual_variance),
        embedding: &chart.embedding,
        paths: place.centers.iter().map(|center| place.path(chart, center.far)).collect(),
    }
}

fn picture(patch: &Frame) -> Result<RgbImage> {
    let Samples::U8(gray) = &patch.samples else { bail!("a patch is deeper than 8 bits") };
    let pixels = gray.iter().flat_map(|&value| [value; 3]).collect();
    match RgbImage::from_raw(patch.width as u32, patch.height as u32, pixels) {
        Some(picture) => Ok(picture),
        None => bail!("a patch is not whole"),
    }
}
