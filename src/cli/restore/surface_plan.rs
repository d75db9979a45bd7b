//! What `--surface`, `--depth` and `--scale` ask for.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use seethru::Method;
use seethru::output::check_writable;
use seethru::registration::WaterSettings;

use super::args::RestoreArgs;
use crate::cli::misuse::Misuse;
use crate::cli::values::Length;

/// The surface of the water, ready to be written.
#[derive(Debug)]
pub(crate) struct SurfacePlan {
    pub(crate) arrays: PathBuf,
    /// The moving map.
    pub(crate) video: Option<PathBuf>,
    pub(crate) water: WaterSettings,
}

impl SurfacePlan {
    /// `None` where no surface is asked for.
    pub(crate) fn new(args: &RestoreArgs, method: &Method) -> Result<Option<SurfacePlan>> {
        let depth = depth(args, method).map_err(Misuse::of)?;
        let Some(arrays) = &args.surface else { return Ok(None) };
        let video = args.video.as_ref().and_then(|video| Some(arrays.with_extension(video.extension()?)));
        if let Some(video) = &video {
            check_writable(video).context("--surface with --video")?;
        }
        let water = WaterSettings { depth, scale: args.scale, threads: args.settings.threads };
        Ok(Some(SurfacePlan { arrays: arrays.clone(), video, water }))
    }
}

/// The depth of the water in pixels, if it is given and its options agree.
fn depth(args: &RestoreArgs, method: &Method) -> Result<Option<f64>> {
    if args.surface.is_none() {
        let lonely = [("--depth", args.depth.is_some()), ("--scale", args.scale.is_some())];
        return match lonely.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => bail!("{option} is for --surface: give that as well, or leave it out"),
            None => Ok(None),
        };
    }
    let depth = match (args.depth, args.scale) {
        (None, _) if matches!(method, Method::MeanRegister(_)) => bail!(
            "--surface needs --depth here, such as --depth 40px: --method mean-register does not look for the depth of the water"
        ),
        (Some(Length::Millimeters(_)), None) => bail!(
            "--depth in millimeters, centimeters or meters needs --scale, the width of a pixel on the floor, such as --scale 0.8mm: give it, or the depth in pixels"
        ),
        (Some(Length::Millimeters(depth)), Some(scale)) => Some(depth / scale),
        (Some(Length::Pixels(depth)), _) => Some(depth),
        (None, _) => None,
    };
    if depth.is_some_and(|depth| !(depth.is_finite() && depth > 0.0)) {
        bail!("--depth and --scale do not give a usable depth in pixels: check both");
    }
    Ok(depth)
}
