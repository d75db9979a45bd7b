//! Errors of a restoration in the words of the command line: which option is to blame, and what
//! to give instead.

use manifold::flow::FlowError;
use manifold::graph::GraphError;
use seethru::places::GridError;
use seethru::places::distance::{MAX_SIDE, WindowError};
use seethru::registration::RegisterError;
use seethru::video::{Input, VideoError};
use seethru::{Error, Method};

use crate::cli::device::in_options as in_device_options;
use crate::cli::view_args;

/// The error as it is, unless an option helps.
pub(crate) fn in_options(error: Error, input: &Input, method: &Method) -> anyhow::Error {
    match message(&error, &input.name().display().to_string(), method) {
        Some(message) => anyhow::Error::msg(message),
        None => error.into(),
    }
}

fn message(error: &Error, name: &str, method: &Method) -> Option<String> {
    Some(match error {
        Error::Video(VideoError::NothingSelected { read, .. }) => {
            format!("{error}: give --frames within 0..{read}")
        }
        Error::Video(
            error @ (VideoError::NothingInSpan { .. }
            | VideoError::NoTimes { .. }
            | VideoError::CropOutside { .. }
            | VideoError::MaskSize { .. }
            | VideoError::MaskOfNothing { .. }),
        ) => view_args::remedy(error)?,
        Error::Grid(GridError::PatchLargerThanFrame { width, height, .. }) => {
            format!("{name}: {error}: give a --patch of at most {}", width.min(height))
        }
        Error::Distance(WindowError::Side { side }) => {
            format!("--patch {side} is too large: give at most {MAX_SIDE}")
        }
        Error::Register(RegisterError::TooSmall { .. }) => {
            format!("{name}: {error}: give --method centers and a small --patch, or a larger video")
        }
        Error::TooFewFrames { .. } => {
            format!("{error}; give a longer video, or more of it with --frames and --every")
        }
        Error::Centers { centers, frames } => format!(
            "--centers {centers}: {name} gives only {frames} frames: give at most {frames}, or more frames"
        ),
        Error::Graph(GraphError::Neighbors { neighbors, points }) => format!(
            "--neighbors {neighbors}: {name} has only {points} frames: give at most {others}, or more frames",
            others = points.saturating_sub(1)
        ),
        Error::Graph(GraphError::Components { components }) => format!(
            "{name}: the frames fall into {components} groups at some place: give more --neighbors \
             (or a larger --radius), or --disconnected join"
        ),
        Error::Flow(FlowError::Infeasible { .. }) => format!(
            "--cost: with this capacity not every frame of {name} can receive its unit of flow: give a \
             larger one, or more --neighbors"
        ),
        Error::Gpu(error) | Error::Register(RegisterError::Gpu(error)) => in_device_options(error),
        Error::Memory { needed, limit } => {
            let [needed, limit] = [needed, limit].map(|bytes| bytes.div_ceil(1 << 20));
            let patch = if method.patches().is_some() { " or --patch" } else { "" };
            format!(
                "--memory: {name} needs at least {needed} MiB and {limit} MiB are allowed: give \
                 --memory {needed}MiB, fewer --frames, or a smaller --crop{patch}"
            )
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use seethru::{Baseline, CenterSettings, PatchSettings, RegisterSettings};

    use super::*;

    #[test]
    fn options_are_named_with_what_to_give() {
        let method = Method::Centers(CenterSettings::default());
        let grid = GridError::PatchLargerThanFrame { patch: 16, width: 20, height: 9 };
        let cases: [(Error, &str); 5] = [
            (grid.into(), "--patch of at most 9"),
            (WindowError::Side { side: 300 }.into(), "--patch 300"),
            (GraphError::Neighbors { neighbors: 8, points: 6 }.into(), "at most 5"),
            (Error::Centers { centers: 9, frames: 6 }, "--centers 9"),
            (Error::Memory { needed: (70 << 20) + 1, limit: 20 << 20 }, "--memory 71MiB"),
        ];
        for (error, hint) in cases {
            let message = message(&error, "pool.mp4", &method).unwrap();
            assert!(message.contains(hint), "{message}");
        }
        assert_eq!(message(&Error::Canceled, "pool.mp4", &method), None);
    }

    /// To give `--patch` would select another method.
    #[test]
    fn a_smaller_patch_is_advised_only_to_methods_that_have_patches() {
        let of = |method: Method| {
            message(&Error::Memory { needed: 70 << 20, limit: 20 << 20 }, "pool.mp4", &method).unwrap()
        };
        let registers = RegisterSettings::default();
        for method in
            [Method::Register(registers), Method::MeanRegister(registers), Method::Baseline(Baseline::Median)]
        {
            assert!(of(method).ends_with("fewer --frames, or a smaller --crop"));
        }
        let patches = PatchSettings::default();
        for method in [
            Method::Centers(CenterSettings::default()),
            Method::Lucky(patches),
            Method::Baseline(Baseline::NearestMean(patches)),
        ] {
            assert!(of(method).ends_with("a smaller --crop or --patch"));
        }
    }
}
