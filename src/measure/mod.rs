//! How good a picture is: against the truth, and by itself.
//!
//! To compare it with the truth, a picture is first aligned ([`align`]), because a still may lie anywhere within the
//! waves' mean displacement and may be a little brighter; then [`ssim`], [`ms_ssim`] and [`psnr`] measure how close
//! it comes. By itself, a picture has its sharpness ([`gradient`], [`laplacian_variance`]) and how well it explains
//! the mean of the clip ([`explain`]). [`fidelity`] and [`appearance`] take all of them together.
//!
//! ```
//! use seethru::measure::{Rule, fidelity};
//! use seethru::video::{Channels, Frame, Samples};
//!
//! let picture = |dark: u8| {
//!     let gray = (0..64 * 48_u32).map(|at| (at * at % 8191 % 97) as u8 + 100 - dark).collect();
//!     Frame { width: 64, height: 48, channels: Channels::Luma, samples: Samples::U8(gray) }
//! };
//! // Darker all over: the brightness is fitted.
//! let found = fidelity(&picture(30), &picture(0), &Rule::default())?;
//! assert!(found.ssim > 0.999_999 && found.shift == (0, 0));
//! # Ok::<(), seethru::measure::MeasureError>(())
//! ```

mod align_with_truth;
mod explain;
mod gray;
mod ms_ssim;
mod sharpness;
mod ssim;

use crate::video::Frame;

pub use align_with_truth::{Aligned, Rule, align};
pub use explain::{Explained, explain};
pub use gray::Gray;
pub use ms_ssim::{MsSsim, WEIGHTS, ms_ssim};
pub use sharpness::{gradient, laplacian_variance};
pub use ssim::{WINDOW, psnr, ssim};

/// Why a picture cannot be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// The samples do not fill the picture.
    #[error("{samples} samples do not make a picture of {width}x{height} pixels")]
    Samples {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Samples given.
        samples: usize,
    },
    /// The picture is too small for the measure.
    #[error(
        "{width}x{height} pixels are too few to measure: at least {least_width}x{least_height} are needed"
    )]
    TooSmall {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// Least width.
        least_width: usize,
        /// Least height.
        least_height: usize,
    },
    /// The pictures differ too much in size.
    #[error(
        "{}x{} and {}x{} pixels: pictures to compare may differ by at most {most} pixels per side",
        first.0, first.1, second.0, second.1
    )]
    Sizes {
        /// Size of one picture.
        first: (usize, usize),
        /// Size of the other.
        second: (usize, usize),
        /// Most pixels they may differ by.
        most: usize,
    },
}

/// How close a picture comes to the truth, once it is aligned.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Fidelity {
    /// Structural similarity, -1 ..= 1; 1 for equal pictures.
    pub ssim: f64,
    /// Structural similarity over several scales, 0 ..= 1.
    pub ms_ssim: f64,
    /// Scales it is made of: five, or fewer where the picture is small.
    pub ms_ssim_scales: usize,
    /// Peak signal to noise in dB; infinite (null in JSON) for equal pictures.
    pub psnr: f64,
    /// [`gradient`] of the picture over that of the truth: below 1 it is softer, above it is sharper or noisier.
    pub relative_sharpness: f64,
    /// Where the truth's pixel (x, y) is in the picture: at (x, y) + shift.
    pub shift: (i32, i32),
    /// What the picture was multiplied by to be as bright as the truth, ...
    pub gain: f64,
    /// ... and what was added, in gray levels.
    pub offset: f64,
}

/// What can be measured about a picture without the truth.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Appearance {
    /// Mean size of the gradient, in gray levels per pixel.
    pub gradient: f64,
    /// Variance of the Laplacian, in squared gray levels.
    pub laplacian_variance: f64,
    /// How the clip's mean follows from the picture.
    pub explained: Explained,
}

/// All measures that need the truth.
///
/// # Errors
/// [`MeasureError`] says which picture is too small or of another size.
pub fn fidelity(picture: &Frame, truth: &Frame, rule: &Rule) -> Result<Fidelity, MeasureError> {
    let Aligned { truth, picture, shift, gain, offset } =
        align(&Gray::of(picture)?, &Gray::of(truth)?, rule)?;
    let scales = ms_ssim(&truth, &picture)?;
    let sharpness = gradient(&truth)?;
    Ok(Fidelity {
        ssim: ssim(&truth, &picture)?,
        ms_ssim: scales.value,
        ms_ssim_scales: scales.scales,
        psnr: psnr(&truth, &picture)?,
        // A truth without any gradient cannot be sharp.
        relative_sharpness: if sharpness > 0.0 { gradient(&picture)? / sharpness } else { 1.0 },
        shift,
        gain,
        offset,
    })
}

/// All measures that do not need it: of the picture less the rule's border, `mean` being the temporal mean of
/// the clip.
///
/// # Errors
/// [`MeasureError`] says which picture is too small or of another size.
pub fn appearance(picture: &Frame, mean: &Frame, rule: &Rule) -> Result<Appearance, MeasureError> {
    let (picture, mean) = (Gray::of(picture)?, Gray::of(mean)?);
    let inside = rule.inside(&picture)?;
    Ok(Appearance {
        gradient: gradient(&inside)?,
        laplacian_variance: laplacian_variance(&inside)?,
        explained: explain(&picture, &mean, rule)?,
    })
}
