use super::*;
use crate::output::StillError;

fn spec(width: usize, height: usize, channels: Channels) -> VideoSpec {
    VideoSpec { width, height, fps: 25.0, channels, depth: Depth::Eight, quality: Quality::default() }
}

/// A color ramp that moves with `index`.
fn ramp(spec: &VideoSpec, index: usize) -> Frame {
    let mut samples = Vec::new();
    for y in 0..spec.height {
        for x in 0..spec.width {
            for c in 0..spec.channels.count() {
                let value = match c {
                    0 => (x + index) * 200 / (spec.width + 10),
                    1 => y * 200 / spec.height + 20,
                    _ => 60 + 3 * index,
                };
                samples.push((value * 257) as u16);
            }
        }
    }
    let samples = match spec.depth {
        Depth::Eight => Samples::U8(samples.iter().map(|v| (v >> 8) as u8).collect()),
        // The low bits distinguish a true 16-bit file from a widened 8-bit one.
        Depth::Sixteen => Samples::U16(samples.iter().map(|v| v ^ 0x15).collect()),
    };
    Frame { width: spec.width, height: spec.height, channels: spec.channels, samples }
}

fn write(path: &Path, spec: &VideoSpec, count: usize) -> Written {
    let mut writer = VideoWriter::create(path, spec).unwrap();
    for index in 0..count {
        writer.push(&ramp(spec, index)).unwrap();
    }
    writer.finish().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn y4m_holds_header_and_every_plane() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.y4m");
    let written = write(&path, &spec(5, 3, Channels::Rgb), 2);
    let bytes = std::fs::read(&path).unwrap();
    let header = b"YUV4MPEG2 W5 H3 F25:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\n";
    assert!(bytes.starts_with(header));
    assert_eq!(bytes.len(), header.len() + 2 * (6 + 5 * 3 * 3));
    assert_eq!((written.frames, written.bytes, written.codec.as_str()), (2, bytes.len() as u64, "y4m"));
}

#[test]
fn y4m_scales_black_and_white_to_16_and_235() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.y4m");
    let frame = Frame {
        width: 2,
        height: 1,
        channels: Channels::Rgb,
        samples: Samples::U8(vec![0, 0, 0, 255, 255, 255]),
    };
    let mut writer = VideoWriter::create(&path, &spec(2, 1, Channels::Rgb)).unwrap();
    writer.push(&frame).unwrap();
    writer.finish().unwrap();
    assert!(std::fs::read(&path).unwrap().ends_with(&[16, 235, 128, 128, 128, 128]));
}

#[test]
fn y4m_keeps_gray_samples() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.y4m");
    let samples: Vec<u8> = (0..=255).collect();
    let frame =
        Frame { width: 16, height: 16, channels: Channels::Luma, samples: Samples::U8(samples.clone()) };
    let mut writer = VideoWriter::create(&path, &spec(16, 16, Channels::Luma)).unwrap();
    writer.push(&frame).unwrap();
    writer.finish().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.starts_with(b"YUV4MPEG2 W16 H16 F25:1 Ip A1:1 Cmono XCOLORRANGE=FULL\nFRAME\n"));
    assert!(bytes.ends_with(&samples));
}

#[test]
fn a_dropped_writer_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let spec = spec(8, 8, Channels::Luma);
    let mut writer = VideoWriter::create(&folder.path().join("a.y4m"), &spec).unwrap();
    writer.push(&ramp(&spec, 0)).unwrap();
    assert_eq!(names(folder.path()).len(), 1);
    drop(writer);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_video_without_frames_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let writer = VideoWriter::create(&folder.path().join("a.y4m"), &spec(8, 8, Channels::Rgb)).unwrap();
    assert!(matches!(writer.finish(), Err(EncodeError::Empty { .. })));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn frames_of_another_kind_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = VideoWriter::create(&folder.path().join("a.y4m"), &spec(8, 8, Channels::Rgb)).unwrap();
    let error = writer.push(&ramp(&spec(8, 6, Channels::Rgb), 0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "frame 0 is 8x6 RGB of 8 bits, but the video was begun with 8x8 RGB of 8 bits; push frames of one kind"
    );
    assert!(matches!(
        writer.push(&ramp(&spec(8, 8, Channels::Luma), 0)),
        Err(EncodeError::FrameMismatch { .. })
    ));
}

#[test]
fn bad_plans_are_refused_before_a_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let good = spec(8, 8, Channels::Rgb);
    let refuse = |name: &str, spec: VideoSpec| {
        let error = VideoWriter::create(&folder.path().join(name), &spec).err().unwrap();
        assert!(names(folder.path()).is_empty(), "{error}");
        error
    };
    assert!(matches!(refuse("a.png", good), EncodeError::Extension { .. }));
    assert!(matches!(refuse("a", good), EncodeError::Extension { .. }));
    assert!(matches!(refuse("a.mp4", VideoSpec { width: 0, ..good }), EncodeError::Size { .. }));
    assert!(matches!(refuse("a.mp4", VideoSpec { fps: f64::NAN, ..good }), EncodeError::FrameRate(_)));
    let quality = Quality::Constant(52);
    assert!(matches!(refuse("a.mp4", VideoSpec { quality, ..good }), EncodeError::Quality(52)));
    let quality = Quality::Lossless;
    assert!(matches!(refuse("a.mp4", VideoSpec { quality, ..good }), EncodeError::NotLossless { .. }));
    assert!(matches!(refuse("none/a.y4m", good), EncodeError::Place(StillError::NoFolder { .. })));
    #[cfg(not(feature = "video"))]
    assert!(matches!(refuse("a.mp4", good), EncodeError::NoSupport { .. }));
}

#[test]
fn broadcast_rates_become_fractions() {
    assert_eq!(rate_fraction(25.0), (25, 1));
    assert_eq!(rate_fraction(29.97), (30000, 1001));
    assert_eq!(rate_fraction(23.976), (24000, 1001));
    assert_eq!(rate_fraction(12.5), (12500, 1000));
}

#[cfg(feature = "video")]
mod through_ffmpeg {
    use super::*;
    use ffmpeg_next as av;

    /// Decodes to interleaved samples in `format`, one vector of bytes per frame.
    fn decode(path: &Path, format: av::format::Pixel, bytes_per_pixel: usize) -> Vec<Vec<u8>> {
        let mut input = av::format::input(path).unwrap();
        let stream = input.streams().best(av::media::Type::Video).unwrap();
        let mut decoder = av::codec::context::Context::from_parameters(stream.parameters())
            .unwrap()
            .decoder()
            .video()
            .unwrap();
        let mut frames = Vec::new();
        let mut drain = |decoder: &mut av::decoder::Video| {
            let mut raw = av::frame::Video::empty();
            while decoder.receive_frame(&mut raw).is_ok() {
                let (width, height) = (raw.width(), raw.height());
                let mut scaler = av::software::scaling::Context::get(
                    raw.format(),
                    width,
                    height,
                    format,
                    width,
                    height,
                    av::software::scaling::Flags::ACCURATE_RND,
                )
                .unwrap();
                let mut out = av::frame::Video::empty();
                scaler.run(&raw, &mut out).unwrap();
                let rows = out.data(0).chunks(out.stride(0)).take(height as usize);
                frames.push(rows.flat_map(|r| r[..width as usize * bytes_per_pixel].to_vec()).collect());
            }
        };
        for (_, packet) in input.packets() {
            decoder.send_packet(&packet).unwrap();
            drain(&mut decoder);
        }
        decoder.send_eof().unwrap();
        drain(&mut decoder);
        frames
    }

    fn bytes(frame: &Frame) -> Vec<u8> {
        match &frame.samples {
            Samples::U8(samples) => samples.clone(),
            Samples::U16(samples) => samples.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    fn mean_error(a: &[u8], b: &[u8]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(&a, &b)| f64::from(a.abs_diff(b))).sum::<f64>() / a.len() as f64
    }

    /// Every lossy container gives back every frame in order, colors within a few levels.
    #[test]
    fn lossy_containers_keep_frames_and_color() {
        let folder = tempfile::tempdir().unwrap();
        for (extension, width, height) in [
            ("mp4", 64, 48),
            ("mp4", 63, 47),
            ("mov", 64, 48),
            ("mkv", 64, 48),
            ("avi", 64, 48),
            ("webm", 64, 48),
        ] {
            let path = folder.path().join("clip").with_extension(extension);
            let spec = spec(width, height, Channels::Rgb);
            let written = write(&path, &spec, 12);
            let frames = decode(&path, av::format::Pixel::RGB24, 3);
            assert_eq!((frames.len(), written.frames), (12, 12), "{extension}");
            for (index, frame) in frames.iter().enumerate() {
                let error = mean_error(frame, &bytes(&ramp(&spec, index)));
                assert!(error < 3.0, "{extension} {width}x{height} frame {index}: {error}");
            }
        }
    }

    #[test]
    fn gray_stays_at_its_level() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let spec = spec(64, 48, Channels::Luma);
        write(&path, &spec, 3);
        for (index, frame) in decode(&path, av::format::Pixel::GRAY8, 1).iter().enumerate() {
            assert!(mean_error(frame, &bytes(&ramp(&spec, index))) < 2.0);
        }
    }

    #[test]
    fn lossless_files_give_back_every_sample() {
        use av::format::Pixel;
        let folder = tempfile::tempdir().unwrap();
        for (channels, depth, format, width) in [
            (Channels::Luma, Depth::Eight, Pixel::GRAY8, 1),
            (Channels::Luma, Depth::Sixteen, Pixel::GRAY16LE, 2),
            (Channels::Rgb, Depth::Eight, Pixel::RGB24, 3),
            (Channels::Rgb, Depth::Sixteen, Pixel::RGB48LE, 6),
        ] {
            let path = folder.path().join("clip.mkv");
            let spec = VideoSpec { depth, quality: Quality::Lossless, ..spec(33, 21, channels) };
            assert_eq!(write(&path, &spec, 3).codec, "ffv1");
            let frames = decode(&path, format, width);
            assert_eq!(frames.len(), 3);
            for (index, frame) in frames.iter().enumerate() {
                assert!(*frame == bytes(&ramp(&spec, index)), "{channels:?} {depth:?} frame {index}");
            }
        }
    }

    #[test]
    fn mpeg4_stands_in_for_a_missing_h264() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let spec = spec(63, 47, Channels::Rgb);
        let (mut writer, codec) =
            ffmpeg::Writer::create_with(&["no-such-encoder", "mpeg4"], &path, "mp4", &spec, Pace::Even)
                .unwrap();
        for index in 0..5 {
            writer.push(&ramp(&spec, index), 0.0).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(codec, "mpeg4");
        assert_eq!(decode(&path, av::format::Pixel::RGB24, 3).len(), 5);
    }

    #[test]
    fn encoders_that_miss_or_refuse_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let plan = spec(64, 48, Channels::Rgb);
        let missing =
            ffmpeg::Writer::create_with(&["no-such-encoder"], &path, "mp4", &plan, Pace::Even).err().unwrap();
        assert!(matches!(missing, EncodeError::NoEncoder { .. }));
        // MPEG-4 counts time in 16 bits: 119.88 Hz, 120000/1001, does not fit.
        let fast = VideoSpec { fps: 119.88, ..plan };
        let refused = ffmpeg::Writer::create_with(&["mpeg4"], &path, "mp4", &fast, Pace::Even).err().unwrap();
        assert!(matches!(refused, EncodeError::Encoder { .. }));
    }

    #[test]
    fn names_with_colons_and_spaces_are_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("at 12:30.mkv");
        write(&path, &spec(16, 16, Channels::Luma), 2);
        assert_eq!(names(folder.path()), ["at 12:30.mkv"]);
    }

    #[cfg(unix)]
    #[test]
    fn paths_outside_unicode_are_refused() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let sub = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff"));
        std::fs::create_dir(&sub).unwrap();
        let error = VideoWriter::create(&sub.join("a.mp4"), &spec(8, 8, Channels::Rgb)).err().unwrap();
        assert!(matches!(error, EncodeError::Path { .. }));
    }
}
