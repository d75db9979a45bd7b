//! YUV4MPEG2 files and pipes.

use std::io::{self, Read};
use std::path::PathBuf;

use seethru::video::{Channels, Depth, Input, VideoError, Y4mProblem};

use crate::video::support::{drain, eight, error, sixteen};

/// A header, and frames of planes of the given bytes.
fn file(header: &str, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("YUV4MPEG2 {header}\n").into_bytes();
    for frame in frames {
        bytes.extend(b"FRAME\n");
        bytes.extend(frame);
    }
    bytes
}

fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.y4m");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// 3x3, 4:2:0: luma ramps, chroma flat.
fn small(n: u8) -> Vec<u8> {
    let luma = (0..9).map(|i| 16 + 20 * i + n);
    luma.chain([128; 4]).chain([128; 4]).collect()
}

#[test]
fn luma_and_color_of_odd_sizes() {
    let (_folder, path) = written(&file("W3 H3 F30:1 Ip A1:1 C420jpeg", &[small(0), small(9)]));
    let input = Input::locate(&path).unwrap();
    let info = input.info().unwrap();
    assert_eq!((info.width, info.height, info.announced_frames), (3, 3, Some(2)));
    assert_eq!((info.channels, info.depth), (Channels::Rgb, Depth::Eight));
    assert_eq!((info.codec.as_str(), info.frame_rate), ("y4m", Some(30.0)));
    let (frames, warnings) = drain(input.open(Channels::Luma).unwrap()).unwrap();
    assert!(warnings.is_empty());
    let want: Vec<u8> = (0..9).map(|i| (f64::from(20 * i + 9) / 219.0 * 255.0).round() as u8).collect();
    assert_eq!(eight(&frames[1]), want);
    let (color, _) = drain(input.open(Channels::Rgb).unwrap()).unwrap();
    for (pixel, gray) in eight(&color[1]).chunks_exact(3).zip(want) {
        assert_eq!(pixel, [gray; 3]);
    }
}

#[test]
fn chroma_makes_the_primaries() {
    // BT.601 limited codes of red (4:4:4, two pixels), and of the same red in 10 bits 4:2:2.
    let red = vec![81, 81, 90, 90, 240, 240];
    let (_folder, path) = written(&file("W2 H1 F25:1 C444", &[red]));
    let input = Input::locate(&path).unwrap();
    let (frames, _) = drain(input.open(Channels::Rgb).unwrap()).unwrap();
    for (value, want) in eight(&frames[0]).iter().zip([255, 0, 0].repeat(2)) {
        assert!(value.abs_diff(want) <= 1, "{:?}", frames[0].samples);
    }
    let red: Vec<u8> = [326_u16, 326, 361, 960].iter().flat_map(|v| v.to_le_bytes()).collect();
    let (_folder, path) = written(&file("W2 H1 F25:1 C422p10", &[red]));
    let input = Input::locate(&path).unwrap();
    let (frames, _) = drain(input.open(Channels::Rgb).unwrap()).unwrap();
    for (value, want) in sixteen(&frames[0]).iter().zip([65535_u16, 0, 0].repeat(2)) {
        assert!(value.abs_diff(want) <= 300, "{:?}", frames[0].samples);
    }
}

#[test]
fn gray_is_full_range_unless_it_says_otherwise() {
    let ramp: Vec<u8> = vec![0, 16, 126, 235, 255, 200];
    for (header, want) in [
        ("W3 H2 F25:1 Cmono", vec![0, 16, 126, 235, 255, 200]),
        ("W3 H2 F25:1 Cmono XCOLORRANGE=LIMITED", vec![0, 0, 128, 255, 255, 214]),
    ] {
        let (_folder, path) = written(&file(header, std::slice::from_ref(&ramp)));
        let source = Input::locate(&path).unwrap().open(Channels::Luma).unwrap();
        assert_eq!(source.info().channels, Channels::Luma);
        let (frames, _) = drain(source).unwrap();
        assert_eq!(eight(&frames[0]), want);
    }
    let deep: Vec<u8> = [0_u16, 4095, 2048].iter().flat_map(|v| v.to_le_bytes()).collect();
    let (_folder, path) = written(&file("W3 H1 F25:1 Cmono12", &[deep]));
    let (frames, _) = drain(Input::locate(&path).unwrap().open(Channels::Luma).unwrap()).unwrap();
    assert_eq!(sixteen(&frames[0]), [0, 65535, 32776]);
}

#[test]
fn oblong_pixels_are_squared() {
    let flat = [vec![126; 6], vec![128; 4]].concat();
    let (_folder, path) = written(&file("W3 H2 F25:1 A2:1 C420jpeg", &[flat]));
    for channels in [Channels::Luma, Channels::Rgb] {
        let (frames, _) = drain(Input::locate(&path).unwrap().open(channels).unwrap()).unwrap();
        assert_eq!((frames[0].width, frames[0].height), (6, 2));
        assert!(eight(&frames[0]).iter().all(|&v| v == 128));
    }
}

#[test]
fn a_cut_last_frame_is_reported() {
    let whole = file("W3 H3 F25:1", &[small(0), small(1), small(2)]);
    // Within the last frame, at its start, and within its marker.
    for cut in [4, 17, 20] {
        let (_folder, path) = written(&whole[..whole.len() - cut]);
        let source = Input::locate(&path).unwrap().open(Channels::Luma).unwrap();
        let (frames, warnings) = drain(source).unwrap();
        assert_eq!(frames.len(), 2);
        assert!(warnings[0].contains("the 2 whole frames"), "{warnings:?}");
    }
    let (_folder, path) = written(&whole[..whole.len() - 4]);
    let mut source = Input::locate(&path).unwrap().open(Channels::Luma).unwrap();
    assert!(source.skip_frame().unwrap() && source.skip_frame().unwrap());
    assert!(!source.skip_frame().unwrap());
    assert_eq!(source.warnings().len(), 1);
}

#[test]
fn bad_files_are_named() {
    let problem = |bytes: &[u8]| {
        let (_folder, path) = written(bytes);
        match error(&path) {
            VideoError::Y4mHeader { problem, .. } => problem,
            other => panic!("{other}"),
        }
    };
    assert_eq!(problem(b"YUV4MPEG2 W3 H3"), Y4mProblem::Endless);
    assert_eq!(problem(b"YUV4MPEG2 W0 H3\n"), Y4mProblem::NoSize);
    assert_eq!(problem(b"YUV4MPEG2 W3 H3 C999\n"), Y4mProblem::ColorSpace("999".into()));
    assert_eq!(problem(b"YUV4MPEG2 W3 H3 A1:900\n"), Y4mProblem::Aspect("1:900".into()));
    let mut bytes = file("W3 H3", &[small(0)]);
    bytes.extend(b"FRAGMENT\n");
    bytes.extend(small(1));
    let (_folder, path) = written(&bytes);
    assert!(matches!(error(&path), VideoError::Y4mFrame { frame: 1, .. }));
    for bytes in [file("W3 H3", &[]), file("W3 H3", &[vec![1; 5]])] {
        let (_folder, path) = written(&bytes);
        assert!(matches!(error(&path), VideoError::NoFrames { .. }));
    }
}

#[test]
fn a_pipe_is_kept_until_its_last_clone_goes() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = file("W3 H3 F25:1 C420jpeg", &[small(0), small(1)]);
    let input = Input::spool_y4m(&bytes[..], folder.path()).unwrap();
    let clone = input.clone();
    drop(input);
    for _ in 0..2 {
        let (frames, _) = drain(clone.open(Channels::Luma).unwrap()).unwrap();
        assert_eq!(frames.len(), 2);
    }
    assert!(clone.paths()[0].exists());
    assert_eq!(clone.name(), PathBuf::from("standard input"));
    drop(clone);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn pipes_of_other_things_are_refused_before_copying() {
    let folder = tempfile::tempdir().unwrap();
    let error = Input::spool_y4m(io::empty(), folder.path()).unwrap_err();
    assert!(matches!(error, VideoError::Empty { .. }));
    assert!(error.to_string().starts_with("standard input"));
    let error = Input::spool_y4m(&b"RIFF....AVI "[..], folder.path()).unwrap_err();
    assert!(matches!(error, VideoError::Y4mHeader { problem: Y4mProblem::Magic, .. }));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let error = Input::spool_y4m(Broken, folder.path()).unwrap_err();
    assert!(matches!(error, VideoError::Read { .. }));
    let error = Input::spool_y4m(&b"YUV4MPEG2 W3"[..], &folder.path().join("none")).unwrap_err();
    assert!(matches!(error, VideoError::Spool { .. }));
}
