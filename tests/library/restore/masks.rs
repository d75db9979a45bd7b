//! What a mask leaves out has no part in the still.

use std::path::Path;

use seethru::measure::{Gray, ssim};
use seethru::progress::Silent;
use seethru::registration::Motion;
use seethru::synth::{self, SynthSettings, WaveSettings};
use seethru::video::{Channels, Crop, Frame, Input, Mask, Samples, Size, View, write_still};
use seethru::{Method, RegisterSettings};

use crate::clips::{bytes, changed, images, still, wavy};
use crate::restore::settings::{methods, registering, restored, with};

/// A watermark in a corner.
struct Mark {
    size: Size,
    area: Crop,
}

impl Mark {
    fn covers(&self, pixel: usize) -> bool {
        let (x, y) = (pixel % self.size.width, pixel / self.size.width);
        let Crop { width, height, x: left, y: top } = self.area;
        (left..left + width).contains(&x) && (top..top + height).contains(&y)
    }

    /// Stripes, other ones for another `kind`.
    fn on(&self, clip: &[Frame], kind: usize) -> Vec<Frame> {
        changed(clip, |_, at, value| {
            let (x, y) = (at / 3 % self.size.width, at / 3 / self.size.width);
            let stripe = 255.0 * ((x / (3 + kind) + y / 4) % 2) as f64;
            if self.covers(at / 3) { stripe } else { value }
        })
    }

    fn mask(&self, path: &Path) -> Mask {
        let Size { width, height } = self.size;
        let gray = (0..width * height).map(|pixel| if self.covers(pixel) { 0 } else { 255 }).collect();
        let picture = Frame { width, height, channels: Channels::Luma, samples: Samples::U8(gray) };
        write_still(path, &picture).unwrap();
        Mask::read(path).unwrap()
    }
}

fn masked(input: Input, mask: &Mask) -> Input {
    let mut view = View::default();
    view.mask = Some(mask.clone());
    input.with_view(view)
}

/// Bit for bit, whatever was there.
#[test]
fn what_is_left_out_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mark =
        Mark { size: Size { width: 96, height: 80 }, area: Crop { width: 40, height: 20, x: 56, y: 60 } };
    let mask = mark.mask(&folder.path().join("mask.png"));
    let clip = wavy(&still(96, 80), 16);
    let [one, other] = [1, 3].map(|kind| {
        let frames = mark.on(&clip, kind);
        masked(images(&folder.path().join(kind.to_string()), &frames), &mask)
    });
    let steady = RegisterSettings { stabilize: Motion::Translation, ..RegisterSettings::default() };
    for method in methods().into_iter().chain(registering()).chain([Method::Register(steady)]) {
        let mut settings = with(method.clone());
        settings.comparisons = true;
        let [one, other] = [&one, &other].map(|input| restored(input, &settings));
        assert!(one.still == other.still, "{method:?}");
        assert_eq!(one.video.left_out, Some(800.0 / 7680.0));
        let raw = |restored: &seethru::Restoration| restored.comparisons.as_ref().unwrap().raw.clone();
        assert!(raw(&one) == raw(&other), "{method:?}");
        let found = |restored: &seethru::Restoration| {
            let found = restored.registration.as_ref()?;
            Some((found.start, found.agreement, found.confidence.clone(), found.poses.clone()))
        };
        assert_eq!(found(&one), found(&other), "{method:?}");
    }
}

#[test]
fn beside_a_watermark_the_still_is_as_good_as_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let truth = still(200, 150);
    let waves = WaveSettings { noise: 1.0, seed: 1, ..WaveSettings::MODERATE };
    let settings = SynthSettings { waves, frames: 48.try_into().unwrap(), fps: 12.5 };
    let mut clip = Vec::new();
    let mut keep = |frame| {
        clip.push(frame);
        Ok(())
    };
    synth::render(&truth, &settings, &mut keep, &Silent).unwrap();
    let mark =
        Mark { size: Size { width: 200, height: 150 }, area: Crop { width: 70, height: 30, x: 120, y: 110 } };
    let mask = mark.mask(&folder.path().join("mask.png"));
    let clean = images(&folder.path().join("clean"), &clip);
    let marked = images(&folder.path().join("marked"), &mark.on(&clip, 1));
    let part = |picture: &Frame, crop: Crop| {
        let part = crop.of_picture(picture.clone(), mark.size).unwrap();
        Gray::of(&part).unwrap()
    };
    // All above the watermark, and its surroundings.
    let above = Crop { width: 200, height: 105, x: 0, y: 0 };
    let near = Crop { width: 100, height: 25, x: 95, y: 80 };
    let quality = |input: &Input| {
        let still = restored(input, &with(registering()[0].clone())).still;
        assert_eq!(bytes(&still).len(), bytes(&truth).len());
        [above, near].map(|crop| ssim(&part(&still, crop), &part(&truth, crop)).unwrap())
    };
    let (without, with_mark, with_mask) =
        (quality(&clean), quality(&marked), quality(&masked(marked, &mask)));
    println!("{without:.4?} {with_mark:.4?} {with_mask:.4?}");
    for (without, with_mask) in without.iter().zip(with_mask) {
        assert!(with_mask > without - 0.005, "{with_mask} for {without}");
    }
    assert!(with_mark[1] < with_mask[1] - 0.01, "{} for {}", with_mark[1], with_mask[1]);
}
