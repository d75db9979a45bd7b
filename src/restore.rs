//! Restores one video, by any method; the ways themselves are [`registration`](crate::registration),
//! [`places`](crate::places) and [`baseline`](crate::baseline).

use crate::baseline::{self, Plain};
use crate::error::Error;
use crate::estimate::Estimate;
use crate::places::{self, PatchSettings, Pick};
use crate::registration::{self, RegisterSettings, Start};
use crate::restoration::Restoration;
use crate::settings::{Baseline, Method, Settings};
use crate::threads;
use crate::video::{Input, VideoInfo};
use manifold::progress::Progress;

/// Restores one still from a video.
///
/// The still has the size and colors of the input's frames and depends only on the input and the
/// settings, not on threads, nor on memory: except that [`Method::MeanRegister`] divides its robust PCA into as many
/// stripes as [`Settings::memory`](crate::Settings) requires.
///
/// ```
/// use seethru::progress::Silent;
/// use seethru::{FrameRange, Input, Settings, restore};
///
/// # if cfg!(feature = "video") {
/// let clip = Input::locate("samples/wavy.mp4")?;
/// let frames = FrameRange { end: Some(12), ..FrameRange::default() };
/// let restored = restore(&clip, &Settings::default().frames(frames), &Silent)?;
/// assert_eq!((restored.still.width, restored.frames_used), (restored.video.width, 12));
/// # }
/// # Ok::<(), seethru::Error>(())
/// ```
///
/// # Errors
/// [`Error`] says what is wrong with the input or the settings; `Canceled` if `progress`
/// asked to stop. Nothing is written anywhere.
pub fn restore(input: &Input, settings: &Settings, progress: &dyn Progress) -> Result<Restoration, Error> {
    // Registration knows what is to come.
    progress.ahead(&[]);
    threads::on(settings.threads, || match Way::of(&settings.method) {
        Way::Registration(how, start) => registration::restore(input, settings, how, start, progress),
        Way::Places(patches, pick) => places::restore(input, settings, patches, pick, progress),
        Way::Plain(plain) => baseline::restore(input, settings, plain, progress),
    })?
}

/// What a restoration of this many frames of such a video would need.
///
/// # Errors
/// [`Error`] as [`restore`] would return it for these settings, also if the memory does not suffice.
pub fn estimate(info: &VideoInfo, settings: &Settings, frames: usize) -> Result<Estimate, Error> {
    match Way::of(&settings.method) {
        Way::Registration(..) => registration::estimate(info, settings, frames),
        Way::Places(patches, pick) => places::estimate(info, settings, patches, pick, frames),
        Way::Plain(_) => baseline::estimate(info, settings, frames),
    }
}

/// The three ways that a method can go.
enum Way<'a> {
    /// From the start given, or the better one.
    Registration(&'a RegisterSettings, Option<Start>),
    Places(PatchSettings, Pick<'a>),
    Plain(Plain),
}

impl Way<'_> {
    fn of(method: &Method) -> Way<'_> {
        match method {
            Method::Register(how) => Way::Registration(how, None),
            Method::MeanRegister(how) => Way::Registration(how, Some(Start::MeanKept)),
            Method::Centers(how) => Way::Places(how.patches, Pick::Centers(how)),
            Method::Lucky(patches) => Way::Places(*patches, Pick::Lucky),
            Method::Baseline(Baseline::NearestMean(patches)) => {
                Way::Places(*patches, Pick::Nearest(Plain::Mean))
            }
            Method::Baseline(Baseline::NearestMedian(patches)) => {
                Way::Places(*patches, Pick::Nearest(Plain::Median))
            }
            Method::Baseline(Baseline::Mean) => Way::Plain(Plain::Mean),
            Method::Baseline(Baseline::Median) => Way::Plain(Plain::Median),
        }
    }
}
