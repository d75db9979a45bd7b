//! Parts of an input: rectangles and spans of time.

use std::path::Path;

use image::{ImageBuffer, Rgb};
use seethru::video::{
    Channels, Crop, Depth, Frame, Input, Quality, Samples, Size, VideoError, VideoSpec, VideoWriter, View,
};

use crate::video::support::{drain, eight};

const CROP: Crop = Crop { width: 5, height: 3, x: 2, y: 1 };

fn part(crop: Option<Crop>, start: f64, duration: Option<f64>) -> View {
    let mut view = View::default();
    (view.crop, view.start, view.duration) = (crop, start, duration);
    view
}

fn value(x: u32, y: u32, at: u32) -> [u8; 3] {
    [(x * 20 + y) as u8, (y * 30 + at) as u8, (at * 10 + x) as u8]
}

fn images(folder: &Path) -> Input {
    for at in 0..4 {
        let image = ImageBuffer::from_fn(9, 6, |x, y| Rgb(value(x, y, at)));
        image.save(folder.join(format!("{at}.png"))).unwrap();
    }
    Input::locate(folder).unwrap()
}

/// Ten frames a second, each of one gray.
fn y4m(path: &Path) -> Input {
    let spec = VideoSpec {
        width: 8,
        height: 4,
        fps: 10.0,
        channels: Channels::Luma,
        depth: Depth::Eight,
        quality: Quality::default(),
    };
    let mut writer = VideoWriter::create(path, &spec).unwrap();
    for at in 0..20 {
        let samples = Samples::U8(vec![at; 32]);
        writer.push(&Frame { width: 8, height: 4, channels: Channels::Luma, samples }).unwrap();
    }
    writer.finish().unwrap();
    Input::locate(path).unwrap()
}

#[test]
fn a_rectangle_is_all_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path()).with_view(part(Some(CROP), 0.0, None));
    let info = input.info().unwrap();
    assert_eq!((info.width, info.height, info.whole), (5, 3, Size { width: 9, height: 6 }));
    let (frames, _) = drain(input.open(Channels::Rgb).unwrap()).unwrap();
    assert_eq!(frames.len(), 4);
    for (at, frame) in frames.iter().enumerate() {
        assert_eq!((frame.width, frame.height), (5, 3));
        let places = (1..4).flat_map(|y| (2..7).map(move |x| (x, y)));
        let wanted: Vec<u8> = places.flat_map(|(x, y)| value(x, y, at as u32)).collect();
        assert_eq!(eight(frame), wanted);
    }
    let wide = Crop { width: 8, ..CROP };
    let Err(error) = images(folder.path()).with_view(part(Some(wide), 0.0, None)).info() else { panic!() };
    assert!(matches!(error, VideoError::CropOutside { .. }), "{error}");
}

#[test]
fn a_span_is_numbered_from_its_first_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.y4m");
    let grays = |start: f64, duration: Option<f64>| {
        let input = y4m(&path).with_view(part(None, start, duration));
        let announced = input.info().unwrap().announced_frames;
        let (frames, _) = drain(input.open(Channels::Luma).unwrap())?;
        assert_eq!(announced, Some(frames.len()));
        Ok::<Vec<u8>, VideoError>(frames.iter().map(|frame| eight(frame)[0]).collect())
    };
    assert_eq!(grays(0.0, Some(0.3)).unwrap(), [0, 1, 2]);
    assert_eq!(grays(0.5, Some(0.2)).unwrap(), [5, 6]);
    assert_eq!(grays(0.45, Some(0.2)).unwrap(), [5, 6]);
    assert_eq!(grays(1.8, None).unwrap(), [18, 19]);
    assert_eq!(grays(1.8, Some(100.0)).unwrap(), [18, 19]);
    let Err(error) = y4m(&path).with_view(part(None, 2.0, None)).open(Channels::Luma).and_then(drain) else {
        panic!()
    };
    assert!(matches!(error, VideoError::NothingInSpan { frames: 20, .. }), "{error}");
    // Images have no times.
    let Err(error) =
        images(folder.path()).with_view(part(None, 1.0, None)).open(Channels::Luma).and_then(drain)
    else {
        panic!()
    };
    assert!(matches!(error, VideoError::NoTimes { .. }), "{error}");
}

#[cfg(feature = "video")]
#[test]
fn interlaced_frames_are_made_whole_and_told() {
    use seethru::video::FrameRange;

    use crate::video::support::fixture;

    /// How much rows differ from those above and below.
    fn combs(frames: &[Frame]) -> f64 {
        let of = |frame: &Frame| {
            let values = eight(frame);
            let at = |x: usize, y: usize| f64::from(values[y * frame.width + x]);
            let inner = (1..frame.height - 1).flat_map(|y| (0..frame.width).map(move |x| (x, y)));
            inner.map(|(x, y)| (at(x, y) - (at(x, y - 1) + at(x, y + 1)) / 2.0).abs()).sum::<f64>()
        };
        frames.iter().map(of).sum()
    }
    let input = Input::locate(fixture("h264-96x64-interlaced.mp4")).unwrap();
    assert!(input.info().unwrap().interlaced);
    let (whole, warnings) = drain(input.open(Channels::Luma).unwrap()).unwrap();
    assert!(warnings[0].contains("were deinterlaced"), "{warnings:?}");
    let mut as_they_are = View::default();
    as_they_are.interlaced = true;
    let fields = input.clone().with_view(as_they_are);
    let (fields, warnings) = drain(fields.open(Channels::Luma).unwrap()).unwrap();
    assert!(warnings[0].contains("used as they are"), "{warnings:?}");
    assert_eq!((whole.len(), fields.len()), (12, 12));
    assert!(combs(&whole) < 0.3 * combs(&fields), "{} {}", combs(&whole), combs(&fields));
    // Each frame is shown when it was.
    let times = input.times(FrameRange::default()).unwrap().unwrap();
    for (at, time) in times.iter().enumerate() {
        assert!((time - at as f64 * 0.04).abs() < 1e-3, "{times:?}");
    }
    // One that says nothing of fields is left alone.
    let input = Input::locate(fixture("h264-33x21-odd.mp4")).unwrap();
    assert!(!input.info().unwrap().interlaced);
}
