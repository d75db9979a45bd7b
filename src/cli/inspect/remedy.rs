//! Errors of an inspection in the words of the command line.

use manifold::flow::FlowError;
use manifold::flow::pairwise::PairwiseError;
use manifold::graph::GraphError;
use seethru::inspect::{InspectError, InspectSettings};
use seethru::places::distance::{MAX_SIDE, WindowError};
use seethru::video::VideoError;

use crate::cli::stop::Interrupted;
use crate::cli::view_args;

/// The error as it is, unless an option helps. `name` is the input's.
pub(crate) fn in_options(error: InspectError, settings: &InspectSettings, name: &str) -> anyhow::Error {
    match message(&error, settings, name) {
        _ if matches!(error, InspectError::Canceled) => Interrupted.into(),
        Some(message) => anyhow::Error::msg(message),
        None => error.into(),
    }
}

fn message(error: &InspectError, settings: &InspectSettings, name: &str) -> Option<String> {
    Some(match error {
        &InspectError::Outside { side, width, height, .. } if side > width.min(height) => format!(
            "--patch {side}: a patch of {side} pixels does not fit the {width}x{height} frames of {name}: give at most {}",
            width.min(height)
        ),
        &InspectError::Outside { x, y, side, width, height } => format!(
            "--at {x},{y}: a patch of {side} pixels there does not fit the {width}x{height} frames of {name}: \
             give 0,0 to {},{}",
            width.saturating_sub(side),
            height.saturating_sub(side)
        ),
        InspectError::Video(VideoError::NothingSelected { read, .. }) => {
            format!("{error}: give --frames within 0..{read}")
        }
        InspectError::Video(
            error @ (VideoError::NothingInSpan { .. }
            | VideoError::NoTimes { .. }
            | VideoError::CropOutside { .. }
            | VideoError::MaskSize { .. }
            | VideoError::MaskOfNothing { .. }),
        ) => view_args::remedy(error)?,
        &InspectError::Memory { frames, needed, limit } => {
            let [needed, limit] = [needed, limit].map(|bytes| bytes.div_ceil(1 << 20));
            format!(
                "--memory: {frames} frames of one place of {name} take {needed} MiB and {limit} MiB are allowed: give --memory \
                 {needed}MiB, or a smaller --limit"
            )
        }
        InspectError::TooFewFrames { .. } => {
            format!("{error}; give a longer video, or more of it with --frames, --every and --limit")
        }
        InspectError::Coincide { .. } => format!("{name}: {error}: give another --at, or a larger --patch"),
        InspectError::Centers { centers, most } => format!(
            "--centers {centers}: {name} gives only {most} patches to choose from: give at most {most}, or more frames"
        ),
        InspectError::Distance(WindowError::Side { side }) => {
            format!("--patch {side} is too large: give at most {MAX_SIDE}")
        }
        InspectError::Graph(GraphError::Neighbors { neighbors, points }) => format!(
            "--neighbors {neighbors}: {name} has only {points} patches: \
             give at most {others}, or more frames",
            others = points.saturating_sub(1)
        ),
        InspectError::Graph(GraphError::Components { components }) => format!(
            "{name}: the patches fall into {components} groups: give more --neighbors (or a larger --radius), \
             or --disconnected join"
        ),
        InspectError::Flow(FlowError::Infeasible { .. }) => format!(
            "--cost: with this capacity not every patch of {name} can receive its unit of flow: give a larger \
             one, or more --neighbors"
        ),
        InspectError::Flow(error @ (FlowError::Slopes { .. } | FlowError::Lambda { .. })) => {
            format!("--cost: {error}")
        }
        InspectError::Pairwise(PairwiseError::Ratio { ratio }) => {
            format!("--leak-ratio {ratio}: give a number above 0")
        }
        InspectError::Embed(error) => {
            format!("{name} at {},{} (patch of {}): {error}", settings.at.0, settings.at.1, settings.patch)
        }
        _ => return None,
    })
}
