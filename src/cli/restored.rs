//! For tests of what is reported about restorations: real ones of a tiny clip, to be changed as a test needs.

use seethru::video::{Channels, Frame, Samples, write_still};
use seethru::{Input, Method, Restoration, Settings, restore};

use manifold::progress::Silent;

/// A gray frame of 48 x 40 with a texture, shifted by `shift` pixels.
pub(crate) fn frame(shift: usize) -> Frame {
    let sample = |i: usize| ((i % 48 + shift) * 37 + (i / 48) * 91) % 251;
    let samples = (0..48 * 40).map(|i| sample(i) as u8).collect();
    Frame { width: 48, height: 40, channels: Channels::Luma, samples: Samples::U8(samples) }
}

/// Three such frames, restored; with comparisons.
pub(crate) fn restored(method: Method) -> Restoration {
    let folder = tempfile::tempdir().unwrap();
    for shift in 0..3 {
        write_still(&folder.path().join(format!("{shift}.png")), &frame(shift)).unwrap();
    }
    let input = Input::locate(folder.path().display().to_string()).unwrap();
    let mut settings = Settings::default().method(method);
    settings.comparisons = true;
    restore(&input, &settings, &Silent).unwrap()
}
