//! The surface of the water as arrays and as a moving map.

use std::path::Path;

use anyhow::{Result, anyhow};
use manifold::progress::{Canceled, Progress};
use seethru::registration::{SPACING, Surface, SurfaceError, SurfaceSummary, write_surface};
use seethru::video::{Channels, Depth, EncodeError, Frame, Input, Quality, VideoSpec};
use seethru::{Error, Restoration};

use super::pacing::Pacing;
use super::plan::RestorePlan;
use super::surface_plan::SurfacePlan;
use crate::cli::outputs::Outputs;
use crate::cli::report::maps::{Palette, map};

/// Colors of the moving map span this many times the root mean square height: all but 3 in 1000 where heights are Gaussian.
const SPAN: f64 = 3.0;

/// The surface that was asked for.
pub(crate) struct Water<'a> {
    pub(crate) surface: Surface<'a>,
    pub(crate) summary: SurfaceSummary,
}

impl<'a> Water<'a> {
    /// `None` where none was asked for.
    pub(crate) fn of(
        plan: &RestorePlan,
        input: &Input,
        restoration: &'a Restoration,
        progress: &dyn Progress,
    ) -> Result<Option<Water<'a>>> {
        let (Some(asked), Some(registration)) = (&plan.surface, &restoration.registration) else {
            return Ok(None);
        };
        let mut surface = Surface::new(registration, &asked.water).map_err(in_options)?;
        surface.fit(input, plan.resolved(), restoration, progress)?;
        let summary = surface.summary(progress).map_err(in_options)?;
        Ok(Some(Water { surface, summary }))
    }

    /// Writes all that the plan asks for.
    pub(crate) fn write(
        &self,
        asked: &SurfacePlan,
        (restoration, pacing): (&Restoration, &Pacing),
        outputs: &mut Outputs,
        progress: &dyn Progress,
    ) -> Result<()> {
        let rate = restoration.video.frame_rate;
        outputs.make(&asked.arrays, |path| {
            write_surface(path, &self.surface, rate, progress).map_err(in_options)
        })?;
        let Some(path) = &asked.video else { return Ok(()) };
        outputs.make(path, |path| self.write_video(path, restoration, pacing, progress))
    }

    /// The moving map.
    fn write_video(
        &self,
        path: &Path,
        restoration: &Restoration,
        pacing: &Pacing,
        progress: &dyn Progress,
    ) -> Result<()> {
        let (width, height) = (restoration.still.width, restoration.still.height);
        let spec = VideoSpec {
            width,
            height,
            fps: pacing.rate,
            channels: Channels::Rgb,
            depth: Depth::Eight,
            quality: Quality::default(),
        };
        let mut writer = pacing.begin(path, &spec)?;
        let reach = SPAN * self.summary.rms;
        self.surface
            .visit(progress, |_, heights| {
                let (rows, columns) = heights.dim();
                let nodes: Vec<f64> = heights.iter().map(|&height| f64::from(height)).collect();
                let values = between(&nodes, (columns, rows), (width, height));
                let Frame { samples, .. } = map(&values, width, (-reach, reach), Palette::Viridis);
                Ok::<(), Halt>(writer.push(&Frame { width, height, channels: Channels::Rgb, samples })?)
            })
            .map_err(|halt| match halt {
                Halt::Canceled => Error::Canceled.into(),
                Halt::Encode(error) => anyhow::Error::from(error),
            })?;
        writer.finish()?;
        Ok(())
    }
}

/// Why the moving map ended early.
enum Halt {
    Encode(EncodeError),
    Canceled,
}

impl From<EncodeError> for Halt {
    fn from(error: EncodeError) -> Halt {
        Halt::Encode(error)
    }
}

impl From<Canceled> for Halt {
    fn from(_: Canceled) -> Halt {
        Halt::Canceled
    }
}

/// The error in the words of the command line.
fn in_options(error: SurfaceError) -> anyhow::Error {
    match error {
        SurfaceError::UnknownDepth { certainty } => {
            let why = match certainty {
                Some(certainty) => {
                    format!("the depth estimated from the clip is too uncertain ({:.0}%)", 100.0 * certainty)
                }
                None => "the clip is too short, or too small, to estimate the depth of the water".to_owned(),
            };
            anyhow!("--surface: {why}: give it, such as --depth 40px")
        }
        SurfaceError::MeanLevel => anyhow!("--surface: {error}: give it, such as --depth 40px"),
        SurfaceError::Canceled => Error::Canceled.into(),
        error => error.into(),
    }
}

/// Values at all pixels from those at the nodes, in proportion to the distance; beyond the last node as there.
fn between(nodes: &[f64], (columns, rows): (usize, usize), (width, height): (usize, usize)) -> Vec<f64> {
    let place = |at: usize, count: usize| {
        let node = (at / SPACING).min(count - 1);
        let share = if node + 1 < count { (at % SPACING) as f64 / SPACING as f64 } else { 0.0 };
        (node, (node + 1).min(count - 1), share)
    };
    let across: Vec<_> = (0..width).map(|x| place(x, columns)).collect();
    let row = |y: usize| {
        let (above, below, down) = place(y, rows);
        let mixed =
            move |x: usize| (1.0 - down) * nodes[above * columns + x] + down * nodes[below * columns + x];
        across.iter().map(move |&(left, right, share)| (1.0 - share) * mixed(left) + share * mixed(right))
    };
    (0..height).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_nodes_values_change_evenly() {
        // 0 and 8 above, 4 and 12 below: 2 a pixel to the right, 1 a pixel down, and no more beyond the last node.
        let values = between(&[0.0, 8.0, 4.0, 12.0], (2, 2), (6, 5));
        assert_eq!(values[..6], [0.0, 2.0, 4.0, 6.0, 8.0, 8.0]);
        assert_eq!(values[6..12], [1.0, 3.0, 5.0, 7.0, 9.0, 9.0]);
        assert_eq!(values[24..], [4.0, 6.0, 8.0, 10.0, 12.0, 12.0]);
        assert!(between(&[f64::NAN; 4], (2, 2), (6, 5)).iter().all(|value| value.is_nan()));
    }

    #[test]
    fn an_unknown_depth_is_asked_for() {
        for (certainty, part) in [(None, "too short"), (Some(0.31), "too uncertain (31%)")] {
            let told = in_options(SurfaceError::UnknownDepth { certainty }).to_string();
            assert!(told.starts_with("--surface: ") && told.contains(part) && told.contains("--depth 40px"));
        }
        let told = in_options(SurfaceError::MeanLevel).to_string();
        assert!(told.starts_with("--surface: the mean level") && told.contains("--depth 40px"));
        let canceled = in_options(SurfaceError::Canceled);
        assert!(matches!(canceled.downcast_ref(), Some(Error::Canceled)));
    }
}
