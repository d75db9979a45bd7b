//! What the stages of a registration take beside each other, for a bar over all of them.
//!
//! Measured on two idle cores, on clips of 293x253 to 1920x1080 pixels: nanoseconds for each pixel of a frame, but for the choice
//! of the start, which is made on a small copy. Only their ratios matter.

use super::register_settings::RegisterSettings;
use super::rounds::Start;
use super::{Motion, tried_on};
use crate::settings::Settings;
use crate::stage;
use crate::video::{Channels, VideoInfo};
use manifold::progress::{Ahead, Stage};

/// Luma is decoded and kept.
const DECODED: f64 = 6.0;
/// Rounds from the central frame, the first along paths and the second also from zero. A fifth is seldom needed.
const FROM_CENTER: [f64; 5] = [36.0, 45.0, 20.0, 20.0, 0.0];
/// Rounds from the temporal mean, the first from zero at all levels.
const FROM_MEAN: [f64; 5] = [60.0, 46.0, 25.0, 25.0, 12.0];
/// Each start, on each pixel of the small copy.
const TRIED: f64 = 170.0;
/// Fusion, the mean of frames by their votes, and robust PCA.
const FUSED: f64 = 19.0;
const VOTED: f64 = 6.0;
const LOW_RANK: f64 = 310.0;
/// Frames are decoded again, and their colors warped.
const COLORED: f64 = 20.0;
/// The mean and the median, to compare with.
const COMPARED: f64 = 24.0;
/// The camera's motion.
const SHIFTS: f64 = 50.0;
const HOMOGRAPHIES: f64 = 250.0;
/// Frames are decoded again, warped and encoded.
const WARPED: f64 = 55.0;
/// Frames are decoded again and the potentials of the water fitted to them; then its heights are visited.
const FITTED: f64 = 50.0;
const HEIGHTS: f64 = 15.0;

/// The stages of restoring a clip from `start`, or from that which has yet to be chosen.
pub(super) fn ahead(
    info: &VideoInfo,
    settings: &Settings,
    how: &RegisterSettings,
    (given, chosen): (Option<Start>, Option<Start>),
) -> Vec<Ahead> {
    let pixels = (info.width * info.height) as f64;
    let start = given.or(chosen).unwrap_or(Start::Center);
    let rounds = match start {
        Start::Center => FROM_CENTER,
        Start::Mean | Start::MeanKept => FROM_MEAN,
    };
    let mut stages = vec![(stage::DECODE, vec![DECODED])];
    match how.stabilize {
        Motion::None => {}
        Motion::Translation => stages.push((stage::STABILIZE, vec![SHIFTS])),
        Motion::Homography => stages.push((stage::STABILIZE, vec![HOMOGRAPHIES])),
    }
    if given.is_none() {
        let small = tried_on((info.width, info.height)) / pixels;
        stages.push((stage::START, vec![TRIED * small; 2]));
    }
    stages.push((stage::REGISTER, rounds.to_vec()));
    stages.push(match start {
        Start::Center => (stage::FUSE, vec![FUSED]),
        Start::Mean => (stage::FUSE, vec![VOTED]),
        Start::MeanKept => (stage::LOW_RANK, vec![LOW_RANK]),
    });
    if info.channels == Channels::Rgb {
        stages.push((stage::COLOR, vec![COLORED]));
    }
    if settings.comparisons {
        stages.push((stage::BASELINE, vec![COMPARED]));
    }
    stages.into_iter().map(|part| costs(part, pixels)).collect()
}

/// What the frames of a registered clip take to be [warped](super::stabilized) and encoded.
#[must_use]
pub fn warping_ahead(info: &VideoInfo) -> Ahead {
    costs((stage::WARP, vec![WARPED]), (info.width * info.height) as f64)
}

/// What the [heights of the water](super::Surface) take.
#[must_use]
pub fn surface_ahead(info: &VideoInfo) -> Ahead {
    costs((stage::SURFACE, vec![FITTED, HEIGHTS]), (info.width * info.height) as f64)
}

fn costs((stage, costs): (Stage, Vec<f64>), pixels: f64) -> Ahead {
    Ahead { stage, costs: costs.into_iter().map(|cost| cost * pixels).collect() }
}
