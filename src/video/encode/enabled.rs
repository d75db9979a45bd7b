//! Encoding through FFmpeg.

use std::path::Path;
use std::sync::Once;

use ffmpeg_next as ffmpeg;

use ffmpeg::codec::{self, encoder};
use ffmpeg::format::{self, Pixel};
use ffmpeg::software::scaling;
use ffmpeg::util::{color, error, frame, log};
use ffmpeg::{Dictionary, Packet, Rational};

use super::{Channels, Depth, EncodeError, Frame, Pace, Quality, Samples, VideoSpec, rate_fraction};

pub(super) struct Writer {
    output: format::context::Output,
    encoder: encoder::video::Encoder,
    scaler: scaling::Context,
    /// The frame as it was pushed, in FFmpeg's row layout.
    pushed: frame::Video,
    /// The unit in which the frames' times are given.
    tick: Rational,
    /// A frame's mean time on the screen, in ticks.
    step: i64,
    pace: Pace,
    /// The unit in which the container counts time.
    stream_tick: Rational,
    next: i64,
}

/// Units a second for times of frames: a multiple of the usual frame rates, and as fine as MPEG-4 part 2 allows.
const TICKS: i32 = 60_000;

/// Encoders in order of preference.
fn candidates(extension: &str, quality: Quality) -> &'static [&'static str] {
    match (quality, extension) {
        (Quality::Lossless, _) => &["ffv1"],
        (_, "webm") => &["libvpx-vp9", "libvpx"],
        _ => &["libx264", "mpeg4"],
    }
}

impl Writer {
    /// Opens the first of the candidates that FFmpeg has; returns its name too.
    pub(super) fn create(
        file: &Path,
        extension: &str,
        spec: &VideoSpec,
        pace: Pace,
    ) -> Result<(Writer, String), EncodeError> {
        Writer::create_with(candidates(extension, spec.quality), file, extension, spec, pace)
    }

    pub(super) fn create_with(
        names: &[&str],
        file: &Path,
        extension: &str,
        spec: &VideoSpec,
        pace: Pace,
    ) -> Result<(Writer, String), EncodeError> {
        initialize();
        let path = file.to_str().ok_or_else(|| EncodeError::Path { path: file.to_owned() })?;
        let (name, codec) = names
            .iter()
            .find_map(|name| Some((*name, encoder::find_by_name(name)?)))
            .ok_or_else(|| EncodeError::NoEncoder { wanted: names.join(", ") })?;
        let writer = Writer::open(path, extension, (name, codec), spec, pace).map_err(|error| {
            let VideoSpec { width, height, .. } = *spec;
            EncodeError::Encoder { codec: name.to_owned(), width, height, detail: error.to_string() }
        })?;
        Ok((writer, name.to_owned()))
    }

    fn open(
        path: &str,
        extension: &str,
        (name, codec): (&str, ffmpeg::Codec),
        spec: &VideoSpec,
        pace: Pace,
    ) -> Result<Writer, ffmpeg::Error> {
        let (numerator, denominator) = rate_fraction(spec.fps);
        let rate = Rational(numerator, denominator);
        let (tick, step) = match pace {
            Pace::Even => (Rational(denominator, numerator), 1),
            Pace::Given => {
                (Rational(1, TICKS), i64::from(TICKS) * i64::from(denominator) / i64::from(numerator))
            }
        };
        let (width, height) = (spec.width as u32, spec.height as u32);
        let (from, to) = (pushed_format(spec), encoded_format(name, spec));

        // "file:" keeps FFmpeg from reading a colon in the name as a protocol.
        let mut output = format::output(&format!("file:{path}"))?;
        let mut video = codec::context::Context::new_with_codec(codec).encoder().video()?;
        video.set_width(width);
        video.set_height(height);
        video.set_format(to);
        video.set_time_base(tick);
        video.set_frame_rate(Some(rate));
        video.set_aspect_ratio(Rational(1, 1));
        if spec.quality != Quality::Lossless {
            // What swscale converts RGB to unless told otherwise.
            video.set_colorspace(color::Space::SMPTE170M);
            video.set_color_range(color::Range::MPEG);
        }
        let mut flags = codec::Flags::empty();
        if output.format().flags().contains(format::Flags::GLOBAL_HEADER) {
            flags |= codec::Flags::GLOBAL_HEADER;
        }
        let options = options(name, extension, spec.quality, &mut video, &mut flags);
        video.set_flags(flags);
        let encoder = video.open_with(options)?;
        {
            let mut stream = output.add_stream(codec)?;
            stream.set_time_base(tick);
            stream.set_rate(rate);
            stream.set_avg_frame_rate(rate);
            stream.set_parameters(&encoder);
        }
        // Without this some muxers write random numbers into the file.
        // SAFETY: the context is valid, and its header is not written yet.
        unsafe { (*output.as_mut_ptr()).flags |= ffmpeg::ffi::AVFMT_FLAG_BITEXACT };
        output.write_header()?;
        let stream_tick = output.stream(0).ok_or(ffmpeg::Error::StreamNotFound)?.time_base();
        let quality = scaling::Flags::BICUBIC | scaling::Flags::ACCURATE_RND | scaling::Flags::FULL_CHR_H_INP;
        let scaler = scaling::Context::get(from, width, height, to, width, height, quality)?;
        let pushed = frame::Video::new(from, width, height);
        Ok(Writer { output, encoder, scaler, pushed, tick, step, pace, stream_tick, next: 0 })
    }

    pub(super) fn push(&mut self, frame: &Frame, seconds: f64) -> Result<(), String> {
        if self.pace == Pace::Given {
            self.next = self.next.max((seconds * f64::from(TICKS)).round() as i64);
        }
        self.try_push(frame).map_err(|e| e.to_string())
    }

    fn try_push(&mut self, frame: &Frame) -> Result<(), ffmpeg::Error> {
        let row = frame.width * frame.channels.count();
        let stride = self.pushed.stride(0);
        let rows = self.pushed.data_mut(0).chunks_mut(stride);
        match &frame.samples {
            Samples::U8(samples) => {
                for (to, from) in rows.zip(samples.chunks_exact(row)) {
                    to[..row].copy_from_slice(from);
                }
            }
            Samples::U16(samples) => {
                for (to, from) in rows.zip(samples.chunks_exact(row)) {
                    for (to, from) in to.chunks_exact_mut(2).zip(from) {
                        to.copy_from_slice(&from.to_le_bytes());
                    }
                }
            }
        }
        // A fresh frame each time: the encoder keeps the last ones for its lookahead.
        let mut converted = frame::Video::empty();
        self.scaler.run(&self.pushed, &mut converted)?;
        converted.set_pts(Some(self.next));
        self.next += 1;
        self.encoder.send_frame(&converted)?;
        self.write_packets()
    }

    /// Writes what the encoder has ready.
    fn write_packets(&mut self) -> Result<(), ffmpeg::Error> {
        loop {
            let mut packet = Packet::empty();
            match self.encoder.receive_packet(&mut packet) {
                Ok(()) => {
                    packet.set_stream(0);
                    if packet.duration() == 0 {
                        packet.set_duration(self.step);
                    }
                    packet.rescale_ts(self.tick, self.stream_tick);
                    packet.write_interleaved(&mut self.output)?;
                }
                Err(ffmpeg::Error::Eof) => return Ok(()),
                Err(ffmpeg::Error::Other { errno }) if errno == error::EAGAIN => return Ok(()),
                Err(other) => return Err(other),
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<(), String> {
        self.encoder
            .send_eof()
            .and_then(|()| self.write_packets())
            .and_then(|()| self.output.write_trailer())
            .map_err(|e| e.to_string())
    }
}

/// Once per process: errors come back as values, so FFmpeg itself keeps quiet.
fn initialize() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // It cannot fail in any FFmpeg since 4.0 (registration became static).
        let _ = ffmpeg::init();
        log::set_level(log::Level::Fatal);
    });
}

fn pushed_format(spec: &VideoSpec) -> Pixel {
    match (spec.channels, spec.depth) {
        (Channels::Luma, Depth::Eight) => Pixel::GRAY8,
        (Channels::Luma, Depth::Sixteen) => Pixel::GRAY16LE,
        (Channels::Rgb, Depth::Eight) => Pixel::RGB24,
        (Channels::Rgb, Depth::Sixteen) => Pixel::RGB48LE,
    }
}

fn encoded_format(codec: &str, spec: &VideoSpec) -> Pixel {
    let odd = spec.width % 2 == 1 || spec.height % 2 == 1;
    match (codec, spec.channels, spec.depth) {
        ("ffv1", Channels::Luma, Depth::Eight) => Pixel::GRAY8,
        ("ffv1", Channels::Luma, Depth::Sixteen) => Pixel::GRAY16LE,
        ("ffv1", Channels::Rgb, Depth::Eight) => Pixel::BGRZ,
        ("ffv1", Channels::Rgb, Depth::Sixteen) => Pixel::GBRP16LE,
        // libx264 refuses halved chroma on odd sizes; the other encoders round it up.
        ("libx264", ..) if odd => Pixel::YUV444P,
        _ => Pixel::YUV420P,
    }
}

/// The encoder's private options; what has no option is set on `video` and `flags`.
fn options(
    codec: &str,
    extension: &str,
    quality: Quality,
    video: &mut encoder::video::Video,
    flags: &mut codec::Flags,
) -> Dictionary<'static> {
    let mut options = Dictionary::new();
    let Quality::Constant(quality) = quality else {
        // Version 3 has slices, hence threads, and a checksum for each.
        options.set("level", "3");
        options.set("slicecrc", "1");
        return options;
    };
    match codec {
        "libx264" => {
            // Speed before size: rendering and encoding share the cores.
            options.set("preset", "veryfast");
            options.set("crf", &quality.to_string());
            if extension == "avi" {
                // AVI has no presentation times, so frames must come in order.
                options.set("bf", "0");
            }
        }
        "mpeg4" => {
            // Quantizer 1..=31 from x264's 0..=51, in FFmpeg's lambda units (FF_QP2LAMBDA).
            const LAMBDA: i32 = 118;
            let quantizer = 1 + i32::from(quality) * 30 / i32::from(Quality::WORST);
            *flags |= codec::Flags::QSCALE;
            video.set_global_quality(quantizer.min(31) * LAMBDA);
        }
        _ => {
            // libvpx: 0..=63; a bit rate of 0 means constant quality.
            let level = i32::from(quality) * 63 / i32::from(Quality::WORST);
            video.set_bit_rate(0);
            options.set("crf", &level.max(4).to_string());
            options.set("deadline", "good");
            options.set("cpu-used", "5");
        }
    }
    options
}
