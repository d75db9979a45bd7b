//! How the frames map to the still.

use super::agreement::{Agreement, Halves};
use super::camera::Pose;
use super::deblur::Blur;
use super::field::Field;
use super::plane::Plane;
use super::rounds::{Registered, Round, Start};
use super::second_order::SecondOrder;
use crate::video::{Channels, Frame, Samples};

/// Where the confidence is less than this the still is doubtful: of 664 such cells of 16 x 16 pixels in stills of nine simulated
/// clips 597 had an SSIM below .8, of 1442 from here on 44 (`cargo bench --bench registration -- confidence`).
pub const SURE: f64 = 0.95;

/// How the frames map to the still.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Registration {
    /// Number in the video of each frame that is used.
    pub numbers: Vec<u32>,
    /// Where each pixel (x, y) of the still is in each frame: at (x, y) + u(x, y). With
    /// camera motion removed, in the steadied frame.
    pub fields: Vec<Field>,
    /// The camera's part: where a pixel of the steadied frame is in the frame.
    pub poses: Vec<Pose>,
    /// How sure the still is at each pixel, 0 ..= 255 for 0 ..= 1: how well the means of both halves of the frames, in register,
    /// agree about it (structural similarity without brightness, in blocks of 8 pixels).
    pub confidence: Frame,
    /// What the first reference was.
    pub start: Start,
    /// How well the halves of the clip agree, by start; `None` where only one was tried.
    pub agreement: Option<Agreement>,
    /// How well the halves agree from the start that was chosen: SSIM, -1 ..= 1. Below [`RELIABLE`](super::RELIABLE) parts of
    /// the still are wrong. `None` where it cannot be measured: of fewer than 16 frames, and where the start was given.
    pub reliability: Option<f64>,
    /// What was undone of the blur; `None` where nothing was.
    pub blur: Option<Blur>,
    /// What each round did.
    pub rounds: Vec<Round>,
    /// Whether another round would have changed nothing.
    pub converged: bool,
    /// The second-order bias of the mean displacement, which is corrected; `None` where it was not looked for, or could not
    /// be found.
    pub second_order: Option<SecondOrder>,
    /// Number of the frame that was the first reference, if one was.
    pub center: Option<u32>,
    /// Number of the first frame of another scene, if there is a cut; not looked for in fewer than 16 frames, and where the start
    /// was given.
    pub cut: Option<u32>,
    /// Numbers of frames that show something else, or could not be registered, and were left out.
    pub lost: Vec<u32>,
    /// Of each of them, how many times as large its residual is as the median frame's (standard deviations): more than 2.
    pub misfits: Vec<f32>,
}

impl Registration {
    /// Of frames with these numbers in the video, and how sure (0 ..= 1) the still is where, and how it was blurred.
    pub(super) fn new(
        found: Registered,
        (start, halves): (Start, Option<Halves>),
        numbers: &[u32],
        (confidence, blur): (&Plane, Option<Blur>),
        poses: Vec<Pose>,
    ) -> Self {
        let lost = numbers.iter().zip(&found.trusted).filter(|&(_, &trusted)| !trusted);
        let misfits = found.misfits.iter().zip(&found.trusted).filter(|&(_, &trusted)| !trusted);
        let share = |&share: &f32| (255.0 * share).round() as u8;
        Registration {
            start,
            blur,
            reliability: halves.map(|found| found.agreement.reliability()),
            cut: halves.and_then(|found| found.cut).map(|at| numbers[at]),
            agreement: halves.map(|found| found.agreement),
            misfits: misfits.map(|(&misfit, _)| misfit).collect(),
            lost: lost.map(|(&number, _)| number).collect(),
            center: found.center.map(|at| numbers[at]),
            numbers: numbers.to_vec(),
            confidence: Frame {
                width: confidence.width,
                height: confidence.height,
                channels: Channels::Luma,
                samples: Samples::U8(confidence.values.iter().map(share).collect()),
            },
            poses: if poses.is_empty() { vec![Pose::identity(); numbers.len()] } else { poses },
            fields: found.fields,
            rounds: found.rounds,
            converged: found.converged,
            second_order: found.second_order,
        }
    }
}
