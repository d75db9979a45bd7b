//! Files that FFmpeg decodes, made by `tests/fixtures/make.sh`.

use seethru::video::{Channels, Depth, Frame, Input, Size, VideoError};

use crate::video::support::{drain, eight, error, fixture, open, read, sixteen};

/// The luma code of the lossless fixtures.
fn code(x: usize, y: usize, n: usize) -> f64 {
    ((5 * x + 3 * y + 7 * n) % 220 + 16) as f64
}

/// Limited range to 0..=1.
fn share(code: f64) -> f64 {
    ((code - 16.0) / 219.0).clamp(0.0, 1.0)
}

fn pattern(n: usize) -> Vec<u8> {
    let places = (0..22).flat_map(|y| (0..34).map(move |x| (x, y)));
    places.map(|(x, y)| (share(code(x, y, n)) * 255.0).round() as u8).collect()
}

fn luma(name: &str) -> (Vec<Frame>, Vec<String>) {
    read(&fixture(name), Channels::Luma).unwrap()
}

fn rgb(name: &str) -> Vec<Frame> {
    read(&fixture(name), Channels::Rgb).unwrap().0
}

#[test]
fn lossless_luma_is_exact() {
    let (frames, warnings) = luma("ffv1-34x22-yuv420p.mkv");
    assert_eq!(frames.len(), 5);
    for (n, frame) in frames.iter().enumerate() {
        assert_eq!(eight(frame), pattern(n), "frame {n}");
    }
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn info_names_what_is_there() {
    let info = Input::locate(fixture("ffv1-34x22-yuv420p.mkv")).unwrap().info().unwrap();
    assert_eq!((info.width, info.height), (34, 22));
    assert_eq!((info.channels, info.depth), (Channels::Rgb, Depth::Eight));
    assert_eq!((info.codec.as_str(), info.frame_rate), ("ffv1", Some(25.0)));
    assert_eq!(info.announced_frames, Some(5));
    let info = Input::locate(fixture("h264-33x21-odd.mp4")).unwrap().info().unwrap();
    assert_eq!((info.codec.as_str(), info.announced_frames), ("h264", Some(10)));
}

#[test]
fn colors_follow_the_matrix() {
    // Cb 100, Cr 160 everywhere; BT.601 limited range at this size.
    let frames = rgb("ffv1-34x22-yuv420p.mkv");
    for (n, frame) in frames.iter().enumerate() {
        for (at, pixel) in eight(frame).chunks_exact(3).enumerate() {
            let luma = share(code(at % 34, at / 34, n));
            let (cb, cr) = ((100.0 - 128.0) / 224.0, (160.0 - 128.0) / 224.0);
            let red = luma + 1.402 * cr;
            let blue = luma + 1.772 * cb;
            let green = (luma - 0.299 * red - 0.114 * blue) / 0.587;
            for (value, want) in pixel.iter().zip([red, green, blue]) {
                let want = want.clamp(0.0, 1.0) * 255.0;
                assert!((f64::from(*value) - want).abs() <= 2.0, "{at}: {value} for {want}");
            }
        }
    }
}

#[test]
fn ten_bits_become_sixteen() {
    let (frames, _) = luma("ffv1-34x22-yuv420p10.mkv");
    assert_eq!(frames.len(), 5);
    for (n, frame) in frames.iter().enumerate() {
        for (at, &value) in sixteen(frame).iter().enumerate() {
            let want = share(code(at % 34, at / 34, n)) * 65535.0;
            assert!((f64::from(value) - want).abs() < 1.0, "{at}: {value} for {want}");
        }
    }
    let deep = rgb("ffv1-34x22-yuv420p10.mkv");
    let shallow = rgb("ffv1-34x22-yuv420p.mkv");
    for (deep, shallow) in sixteen(&deep[3]).iter().zip(eight(&shallow[3])) {
        assert!((f64::from(*deep) / 257.0 - f64::from(*shallow)).abs() <= 2.0);
    }
    assert_eq!(luma("h264-32x32-yuv420p10.mkv").0.len(), 5);
}

#[test]
fn gray_is_full_range_and_stays_gray() {
    let source = open(&fixture("ffv1-34x22-gray.mkv"), Channels::Luma);
    assert_eq!(source.info().channels, Channels::Luma);
    let (frames, _) = drain(source).unwrap();
    let at = |x: usize, y: usize, n: usize| eight(&frames[n])[y * 34 + x];
    assert_eq!(f64::from(at(3, 2, 1)), code(3, 2, 1));
    assert_eq!(f64::from(at(33, 21, 4)), code(33, 21, 4));
    let color = rgb("ffv1-34x22-gray.mkv");
    for (pixel, &gray) in eight(&color[2]).chunks_exact(3).zip(eight(&frames[2])) {
        assert_eq!(pixel, [gray; 3]);
    }
}

#[test]
fn deep_gray_is_scaled_to_sixteen_bits() {
    for bits in [10, 12, 16] {
        let highest = (1_u32 << bits) - 1;
        let source = open(&fixture(&format!("ffv1-32x16-gray{bits}.mkv")), Channels::Luma);
        assert_eq!(source.info().depth, Depth::Sixteen);
        assert_eq!(source.info().channels, Channels::Luma);
        let (frames, _) = drain(source).unwrap();
        assert_eq!(frames.len(), 3);
        for (at, &value) in sixteen(&frames[1]).iter().enumerate() {
            let code = (at as f64 * f64::from(highest) / 511.0).floor();
            let want = (code / f64::from(highest) * 65535.0).round();
            assert!((f64::from(value) - want).abs() < 1.0, "{bits} bits, {at}: {value}, {want}");
        }
        assert_eq!(sixteen(&frames[0])[0], 0);
        assert_eq!(sixteen(&frames[0])[511], 65535);
    }
}

#[test]
fn rgb_is_exact_and_its_luma_is_weighted() {
    let frames = rgb("ffv1-16x16-rgb.mkv");
    let (lumas, _) = luma("ffv1-16x16-rgb.mkv");
    for n in 0..3 {
        for (at, pixel) in eight(&frames[n]).chunks_exact(3).enumerate() {
            let (x, y) = (at % 16, at / 16);
            assert_eq!(pixel, [16 * x as u8, 16 * y as u8, 80 * n as u8]);
            let want = 0.299 * 16.0 * x as f64 + 0.587 * 16.0 * y as f64 + 0.114 * 80.0 * n as f64;
            assert!((f64::from(eight(&lumas[n])[at]) - want).abs() <= 0.51);
        }
    }
}

#[test]
fn palettes_and_full_range_jpeg_are_read() {
    let frames = rgb("gif-16x16-red.gif");
    assert_eq!(frames.len(), 3);
    for pixel in eight(&frames[0]).chunks_exact(3) {
        assert!(pixel[0] >= 250 && pixel[1] <= 4 && pixel[2] <= 4, "{pixel:?}");
    }
    let (frames, _) = luma("mjpeg-32x32-yuvj420p.avi");
    assert_eq!(frames.len(), 3);
    // Luma agrees with the luma of the colors, which went another way.
    let color = rgb("mjpeg-32x32-yuvj420p.avi");
    let sum = |values: &[u8]| values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64;
    let weighted: Vec<u8> = eight(&color[0])
        .chunks_exact(3)
        .map(|p| (0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2])) as u8)
        .collect();
    let (a, b) = (sum(eight(&frames[0])), sum(&weighted));
    assert!((a - b).abs() < 4.0, "{a} {b}");
}

#[test]
fn odd_sizes_keep_their_last_row_and_column() {
    for name in ["h264-33x21-odd.mp4", "vp9-33x21-yuv420p.webm"] {
        for channels in [Channels::Luma, Channels::Rgb] {
            let (frames, warnings) = read(&fixture(name), channels).unwrap();
            assert_eq!((frames.len(), frames[0].width, frames[0].height), (10, 33, 21));
            assert_eq!(warnings, Vec::<String>::new(), "{name}");
        }
    }
}

#[test]
fn a_rotated_video_stands_upright() {
    let (turned, _) = luma("h264-34x22-rotated.mp4");
    assert_eq!((turned.len(), turned[0].width, turned[0].height), (5, 22, 34));
    let flat = pattern(2);
    for (at, &value) in eight(&turned[2]).iter().enumerate() {
        let (x, y) = (at % 22, at / 22);
        // Turned counter-clockwise: the right end of the stored top row comes to the top left.
        assert_eq!(value, flat[x * 34 + 33 - y]);
    }
}

#[test]
fn oblong_pixels_are_widened() {
    for channels in [Channels::Luma, Channels::Rgb] {
        let (frames, _) = read(&fixture("ffv1-34x22-sar3-2.mkv"), channels).unwrap();
        assert_eq!((frames.len(), frames[0].width, frames[0].height), (5, 51, 22));
    }
    // Along a row the ramp climbs 5 codes in 1.5 pixels.
    let (frames, _) = luma("ffv1-34x22-sar3-2.mkv");
    let row = &eight(&frames[0])[..51];
    let climb = f64::from(row[40]) - f64::from(row[10]);
    assert!((climb - 30.0 / 1.5 * 5.0 * 255.0 / 219.0).abs() <= 3.0, "{climb}");
}

#[test]
fn frames_of_a_varying_rate_come_once_each() {
    let (frames, warnings) = luma("ffv1-34x22-vfr.mkv");
    assert_eq!(frames.len(), 4);
    for (frame, n) in frames.iter().zip([0, 1, 5, 14]) {
        assert_eq!(eight(frame), pattern(n));
    }
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn skipping_and_reading_agree() {
    let (all, _) = luma("h264-33x21-odd.mp4");
    let mut source = open(&fixture("h264-33x21-odd.mp4"), Channels::Luma);
    for pair in all.chunks(2) {
        assert!(source.skip_frame().unwrap());
        assert_eq!(source.next_frame().unwrap().as_ref(), Some(&pair[1]));
    }
    assert!(!source.skip_frame().unwrap());
}

#[test]
fn a_size_change_is_refused_by_frame_number() {
    match error(&fixture("mpeg2-size-change.m2v")) {
        VideoError::SizeChange { frame, before, after, .. } => {
            // FFmpeg's MPEG-2 decoder may drop the frame it holds back when the size changes.
            assert!((4..=5).contains(&frame), "{frame}");
            assert_eq!(before, Size { width: 32, height: 32 });
            assert_eq!(after, Size { width: 48, height: 32 });
        }
        other => panic!("{other}"),
    }
}

#[test]
fn sound_is_no_video_even_with_a_cover() {
    for (name, streams) in [("sound.m4a", "sound"), ("sound-cover.mp3", "sound, a cover picture")] {
        match error(&fixture(name)) {
            VideoError::NoVideoStream { streams: found, .. } => assert_eq!(found, streams),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_truncated_file_gives_what_is_there_and_says_so() {
    for (name, about) in [("truncated.mp4", "announces 50"), ("truncated.mkv", "announces about 50")] {
        let (frames, warnings) = luma(name);
        assert!((15..=25).contains(&frames.len()), "{name}: {}", frames.len());
        let warning = warnings.last().unwrap();
        assert!(warning.contains(about), "{warning}");
        assert!(warning.contains(&format!("{} could be decoded", frames.len())), "{warning}");
        assert!(warning.contains("truncated"), "{warning}");
    }
}

#[test]
fn a_file_shorter_than_its_header_says_is_cut_off() {
    for (name, tenths) in [("mjpeg-32x32-yuvj420p.avi", 9), ("wmv2-32x32.wmv", 6)] {
        let (whole, warnings) = luma(name);
        assert_eq!(warnings, Vec::<String>::new(), "{name}");
        let bytes = std::fs::read(fixture(name)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let there = bytes.len() * tenths / 10;
        std::fs::write(&path, &bytes[..there]).unwrap();
        let (frames, warnings) = read(&path, Channels::Luma).unwrap();
        assert!((1..whole.len()).contains(&frames.len()), "{name}: {}", frames.len());
        let wanted = format!("cut off ({there} of {} bytes)", bytes.len());
        assert!(warnings.iter().any(|warning| warning.contains(&wanted)), "{name}: {warnings:?}");
    }
}

#[test]
fn an_edit_list_or_sound_that_goes_on_is_no_truncation() {
    for (name, count) in [("edit-list.mp4", 37), ("h264-32x32-sound.flv", 10)] {
        let (frames, warnings) = luma(name);
        assert_eq!(frames.len(), count);
        assert_eq!(warnings, Vec::<String>::new());
    }
}

#[test]
fn damage_in_the_middle_is_skipped_and_counted() {
    let mut bytes = std::fs::read(fixture("mjpeg-32x32-yuvj420p.avi")).unwrap();
    // The second picture's chunk: its name, its length, its data, which becomes zeros.
    let chunks: Vec<usize> = (0..bytes.len() - 8)
        .filter(|&at| bytes[at..].starts_with(b"00dc") && bytes[at + 8..].starts_with(&[0xff, 0xd8]))
        .collect();
    assert_eq!(chunks.len(), 3);
    bytes[chunks[1] + 8..chunks[2]].fill(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.avi");
    std::fs::write(&path, bytes).unwrap();
    let (frames, warnings) = read(&path, Channels::Luma).unwrap();
    assert_eq!(frames.len(), 2);
    assert_eq!(warnings, ["1 damaged frame was skipped"]);
}

#[test]
fn what_is_no_video_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["notes.txt", "notes.mp4", "notes"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "This is no video, only words.\n".repeat(50)).unwrap();
        assert!(matches!(error(&path), VideoError::NotAVideo { .. }), "{name}");
    }
    // An mp4 that lost its end, where its index was.
    let path = folder.path().join("headless.mp4");
    let whole = std::fs::read(fixture("h264-33x21-odd.mp4")).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = error(&path);
    assert!(matches!(error, VideoError::NotAVideo { .. }), "{error}");
    assert!(error.to_string().contains("cut off"));
}

#[test]
fn a_file_without_one_good_frame_is_refused() {
    let whole = std::fs::read(fixture("truncated.mp4")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index-only.mp4");
    let data = whole.windows(4).position(|four| four == b"mdat").unwrap();
    std::fs::write(&path, &whole[..data + 8]).unwrap();
    let error = error(&path);
    assert!(matches!(error, VideoError::NoFrames { .. }), "{error}");
}

#[test]
fn names_that_look_like_addresses_or_are_not_utf8_are_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut names = vec![std::ffi::OsString::from("http:clip.mkv")];
    #[cfg(target_os = "linux")]
    names.push(std::os::unix::ffi::OsStringExt::from_vec(b"clip\xff%03d.mkv".to_vec()));
    for name in names {
        let path = folder.path().join(name);
        std::fs::copy(fixture("ffv1-34x22-yuv420p.mkv"), &path).unwrap();
        assert_eq!(read(&path, Channels::Luma).unwrap().0.len(), 5);
    }
}
