//! When frames are shown.

use std::num::NonZeroUsize;

use seethru::video::{
    Channels, Depth, EncodeError, Frame, FrameRange, Input, Quality, Samples, VideoSpec, VideoWriter,
    keeps_times,
};

const SPEC: VideoSpec = VideoSpec {
    width: 32,
    height: 16,
    fps: 12.5,
    channels: Channels::Luma,
    depth: Depth::Eight,
    quality: Quality::Constant(18),
};

fn frame(at: usize) -> Frame {
    let samples = Samples::U8((0..32 * 16).map(|pixel| (pixel * (at + 3) % 251) as u8).collect());
    Frame { width: 32, height: 16, channels: Channels::Luma, samples }
}

#[test]
fn times_of_frames_come_back() {
    let folder = tempfile::tempdir().unwrap();
    // Of a clip whose camera slows down, and leaves out a second.
    let times = [0.0, 0.04, 0.08, 0.16, 0.24, 0.36, 0.48, 1.48, 1.6];
    for name in ["a.mp4", "a.mkv", "a.mov", "a.webm"] {
        let path = folder.path().join(name);
        let mut writer = VideoWriter::with_times(&path, &SPEC).unwrap();
        for (at, &time) in times.iter().enumerate() {
            writer.push_at(&frame(at), time).unwrap();
        }
        writer.finish().unwrap();
        let found = Input::locate(&path).unwrap().times(FrameRange::default()).unwrap().unwrap();
        assert_eq!(found.len(), times.len(), "{name}");
        for (found, time) in found.iter().zip(times) {
            assert!((found - time).abs() < 1e-3, "{name}: {found} {time}");
        }
        let some = FrameRange { start: 3, end: Some(8), every: NonZeroUsize::new(2).unwrap() };
        let found = Input::locate(&path).unwrap().times(some).unwrap().unwrap();
        let rounded: Vec<f64> = found.iter().map(|time| (time * 100.0).round() / 100.0).collect();
        assert_eq!(rounded, [0.0, 0.2, 1.32], "{name}");
    }
}

#[test]
fn what_keeps_no_times_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.avi", "a.y4m"] {
        let path = folder.path().join(name);
        assert!(!keeps_times(&path));
        let refused = VideoWriter::with_times(&path, &SPEC).err().unwrap();
        assert!(matches!(refused, EncodeError::NoTimes { .. }), "{refused}");
    }
    let path = folder.path().join("a.y4m");
    let mut writer = VideoWriter::create(&path, &SPEC).unwrap();
    writer.push(&frame(0)).unwrap();
    writer.finish().unwrap();
    assert_eq!(Input::locate(&path).unwrap().times(FrameRange::default()).unwrap(), None);
}

#[test]
fn the_same_frames_make_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["mp4", "mkv", "mov", "avi", "webm", "y4m"] {
        let made = |name: &str| {
            let path = folder.path().join(format!("{name}.{ending}"));
            let mut writer = VideoWriter::create(&path, &SPEC).unwrap();
            (0..4).for_each(|at| writer.push(&frame(at)).unwrap());
            writer.finish().unwrap();
            std::fs::read(path).unwrap()
        };
        assert!(made("first") == made("second"), "{ending}");
    }
}
