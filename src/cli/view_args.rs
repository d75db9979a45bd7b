//! Which part of a clip is looked at, as it is typed.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum, ValueHint};
use seethru::video::{Crop, Mask, VideoError, View, Warning, WarningKind};

use crate::cli::values;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ViewArgs {
    /// Skip everything before this time: 2s, 500ms, 1:30. Frames are numbered from there
    #[arg(long, value_name = "TIME", value_parser = values::seconds, allow_hyphen_values = true, help_heading = "Frames")]
    pub(crate) start: Option<f64>,
    /// Length of the section to use: 3s, 1:30
    #[arg(long, value_name = "TIME", value_parser = values::some_seconds, allow_hyphen_values = true, help_heading = "Frames")]
    pub(crate) duration: Option<f64>,
    /// Use only this part of the picture: 640x480+10+20 is 640 by 480 pixels, 10 from the left, 20 from the top
    #[arg(long, value_name = "WxH+X+Y", value_parser = crop, help_heading = "Frames")]
    pub(crate) crop: Option<Crop>,
    /// Leave out what is black in this picture, and use what is white: a watermark, a clock, a rim
    ///
    /// It has the size of the video, or of the --crop. Pixels that are left out take smooth values from those around them
    /// in every frame, so that nothing that was there has any part in the still; it is smooth there as well.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Frames")]
    pub(crate) mask: Option<PathBuf>,
    /// Whether to deinterlace interlaced video
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Frames")]
    pub(crate) deinterlace: Deinterlace,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deinterlace {
    /// Where the video says that it is interlaced
    #[default]
    Auto,
    /// Never
    No,
}

impl ViewArgs {
    /// What is looked at; the mask is read.
    pub(crate) fn view(&self) -> Result<View> {
        let mut view = View::default();
        view.crop = self.crop;
        view.start = self.start.unwrap_or(0.0);
        view.duration = self.duration;
        view.interlaced = self.deinterlace == Deinterlace::No;
        view.mask = self.mask.as_deref().map(Mask::read).transpose().context("--mask")?;
        Ok(view)
    }
}

/// What to give instead, if an option of these is to blame.
pub(crate) fn remedy(error: &VideoError) -> Option<String> {
    match error {
        VideoError::NothingInSpan { .. } => {
            Some(format!("--start: {error}: give an earlier --start, or a longer --duration"))
        }
        VideoError::NoTimes { .. } => Some(format!("--start, --duration: {error}, with --frames")),
        VideoError::CropOutside { size, .. } => Some(format!("--crop: {error}: give one within {size}+0+0")),
        VideoError::MaskSize { .. } | VideoError::MaskOfNothing { .. } => Some(format!("--mask: {error}")),
        _ => None,
    }
}

/// The error as it is, unless an option of these helps.
pub(crate) fn in_options(error: VideoError) -> anyhow::Error {
    remedy(&error).map_or_else(|| error.into(), anyhow::Error::msg)
}

/// A warning of the library, with the option that changes what it says.
pub(crate) fn with_option(warning: &Warning) -> String {
    match warning.kind() {
        WarningKind::Deinterlaced => format!("{warning} (--deinterlace no leaves them as they are)"),
        WarningKind::Interlaced => format!("{warning} (--deinterlace auto deinterlaces them)"),
        _ => warning.to_string(),
    }
}

fn crop(text: &str) -> Result<Crop, String> {
    text.parse().map_err(|error: seethru::video::NoCrop| error.to_string())
}
