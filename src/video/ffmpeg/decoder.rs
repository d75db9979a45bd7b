//! Packets in, decoded frames out; counts what is damaged or missing on the way.

use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};
use std::ptr;

use ff::codec::packet::{Ref, side_data};
use ffmpeg_next as ff;

use super::orient::Orientation;
use super::{file_size, is_again, message};
use crate::video::error::FfmpegTask;
use crate::video::{VideoError, Warning, WarningKind};

/// Read errors in a row before giving up on a file; demuxers skip a few bytes each time.
const MOST_READ_ERRORS: usize = 100;

/// Decoding errors that may come without a packet: as many as frames can be in flight in
/// FFmpeg's frame threads (at most 16 of its own choosing), twice.
const MOST_DRAIN_ERRORS: usize = 32;

pub(super) struct Decoder {
    path: PathBuf,
    input: ff::format::context::Input,
    decoder: ff::decoder::Video,
    stream: usize,
    /// The end has been passed on to the decoder.
    is_draining: bool,
    drain_errors: usize,
    /// Packets or frames that were damaged and left out.
    damaged: usize,
    /// Packets that the container marks as not to be shown.
    hidden: usize,
    read_errors: usize,
    /// First and last time stamp, in units of the stream's time base.
    times: Option<(i64, i64)>,
    /// Where the packets of all streams end, in seconds.
    end: f64,
    /// Bytes that are there and that the header announces, if those are more.
    cut: Option<(u64, u64)>,
}

/// The length according to the container.
#[derive(Clone, Copy)]
pub(super) struct Announced {
    pub(super) frames: usize,
    /// Counted by the container rather than worked out from its duration.
    is_counted: bool,
}

impl Decoder {
    /// `name` is the file's name in errors.
    pub(super) fn open(path: &Path, name: &Path) -> Result<Self, VideoError> {
        let input = open_input(path)?;
        refuse_non_video(path, &input)?;
        let stream = best_stream(path, &input)?;
        let failed = |error| VideoError::Ffmpeg {
            path: path.to_owned(),
            doing: FfmpegTask::FindDecoder,
            message: message(error),
        };
        let stream_ref = input.stream(stream).ok_or_else(|| failed(ff::Error::StreamNotFound))?;
        let mut context = ff::codec::Context::from_parameters(stream_ref.parameters()).map_err(failed)?;
        // SAFETY: the context is valid and not open yet. 0 lets FFmpeg choose the number of
        // threads; frame threading is on by default.
        unsafe {
            (*context.as_mut_ptr()).thread_count = 0;
            (*context.as_mut_ptr()).pkt_timebase = (*stream_ref.as_ptr()).time_base;
        }
        let decoder = context.decoder().video().map_err(failed)?;
        let cut = file_size::cut(path, input.format().name());
        Ok(Decoder {
            path: name.to_owned(),
            input,
            decoder,
            stream,
            is_draining: false,
            drain_errors: 0,
            damaged: 0,
            hidden: 0,
            read_errors: 0,
            times: None,
            end: 0.0,
            cut,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Decodes the next good frame; `false` at the end.
    pub(super) fn decode(&mut self, picture: &mut ff::frame::Video) -> Result<bool, VideoError> {
        loop {
            match self.decoder.receive_frame(picture) {
                Ok(()) if is_damaged(picture) => self.damaged += 1,
                Ok(()) => {
                    self.note_time(picture);
                    return Ok(true);
                }
                Err(ff::Error::Eof) => return Ok(false),
                Err(error) if is_again(error) && !self.is_draining => self.feed()?,
                Err(error) => self.count_damage(error)?,
            }
        }
    }

    /// Passes the next packet, or the end, on to the decoder.
    fn feed(&mut self) -> Result<(), VideoError> {
        let mut packet = ff::Packet::empty();
        let read = packet.read(&mut self.input);
        if read.is_ok() {
            self.note_end(&packet);
        }
        match read {
            Ok(()) if packet.stream() != self.stream => Ok(()),
            Ok(()) if packet.is_corrupt() => {
                self.damaged += 1;
                Ok(())
            }
            Ok(()) => {
                self.read_errors = 0;
                self.hidden += usize::from(is_hidden(&packet));
                match self.decoder.send_packet(&packet) {
                    Ok(()) => Ok(()),
                    Err(error) => self.count_damage(error),
                }
            }
            Err(ff::Error::InvalidData) if self.read_errors < MOST_READ_ERRORS => {
                self.read_errors += 1;
                Ok(())
            }
            // The end, or a disk that fails: what has been read is decoded, and the frames
            // missing are reported by `warnings`.
            Err(_) => {
                self.is_draining = true;
                match self.decoder.send_eof() {
                    Ok(()) | Err(ff::Error::Eof) => Ok(()),
                    Err(error) => self.count_damage(error),
                }
            }
        }
    }

    fn count_damage(&mut self, error: ff::Error) -> Result<(), VideoError> {
        self.damaged += 1;
        self.drain_errors += usize::from(self.is_draining);
        let out_of_memory = error == (ff::Error::Other { errno: ff::error::ENOMEM });
        if !out_of_memory && self.drain_errors <= MOST_DRAIN_ERRORS {
            return Ok(());
        }
        Err(VideoError::Ffmpeg {
            path: self.path.clone(),
            doing: FfmpegTask::Decode,
            message: message(error),
        })
    }

    fn note_time(&mut self, picture: &ff::frame::Video) {
        if let Some(time) = picture.timestamp() {
            let first = self.times.map_or(time, |(first, _)| first);
            self.times = Some((first, time));
        }
    }

    fn note_end(&mut self, packet: &ff::Packet) {
        let stream = self.input.stream(packet.stream());
        if let (Some(stream), Some(time)) = (stream, packet.pts().or(packet.dts())) {
            let end = (time + packet.duration()) as f64 * f64::from(stream.time_base());
            self.end = self.end.max(end);
        }
    }

    /// What went wrong, after everything is decoded and `frames` frames were good.
    pub(super) fn warnings(&self, frames: usize) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut warn = |line: String| warnings.push(Warning::new(WarningKind::Incomplete, line));
        match self.damaged {
            0 => {}
            1 => warn("1 damaged frame was skipped".to_owned()),
            n => warn(format!("{n} damaged frames were skipped")),
        }
        if let Some((there, announced)) = self.cut {
            warn(format!(
                "the file is cut off ({there} of {announced} bytes): what could be decoded is used"
            ));
        } else if let Some(announced) = self.announced().filter(|&a| self.is_short(a, frames)) {
            let about = if announced.is_counted { "" } else { "about " };
            warn(format!(
                "the file announces {about}{} frames, {frames} could be decoded: it is probably \
                 truncated",
                announced.frames
            ));
        }
        warnings
    }

    /// Whether frames are missing at the end. A count alone proves nothing: an edit list leaves
    /// out frames of a whole file. Nor does a duration alone: sound may go on longer, and some containers count it from 0 to
    /// a first frame that is shown later.
    fn is_short(&self, announced: Announced, frames: usize) -> bool {
        let there = frames + self.damaged + self.hidden;
        let seconds = self.seconds().zip(self.frame_rate());
        let ends_early = |covered: Option<f64>| {
            covered.zip(seconds).is_none_or(|(covered, (all, rate))| covered + 1.5 / rate < all)
        };
        if announced.is_counted {
            return there < announced.frames && ends_early(self.covered_seconds());
        }
        let end = self.covered_seconds().map(|covered| covered.max(self.end));
        ends_early(end) && there * 20 < announced.frames * 19
    }

    /// Frames counted by the container, else worked out from its duration.
    pub(super) fn announced(&self) -> Option<Announced> {
        let counted = self.input.stream(self.stream)?.frames();
        if let Some(frames) = usize::try_from(counted).ok().filter(|&frames| frames > 0) {
            return Some(Announced { frames, is_counted: true });
        }
        let frames = (self.seconds()? * self.frame_rate()?).round();
        (frames >= 1.0).then_some(Announced { frames: frames as usize, is_counted: false })
    }

    /// Of the first frame, in seconds.
    pub(super) fn first_time(&self) -> Option<f64> {
        Some(self.times?.0 as f64 * self.time_base()?)
    }

    /// What time stamps count.
    pub(super) fn unit(&self) -> ff::Rational {
        self.input.stream(self.stream).map_or(ff::Rational(1, 1000), |stream| stream.time_base())
    }

    /// From the first frame to the end of the last one.
    fn covered_seconds(&self) -> Option<f64> {
        let (first, last) = self.times?;
        Some((last - first) as f64 * self.time_base()? + 1.0 / self.frame_rate()?)
    }

    /// Duration of the stream, or of the whole file, as the header gives it.
    fn seconds(&self) -> Option<f64> {
        let stream = self.input.stream(self.stream)?.duration();
        if stream > 0 {
            return Some(stream as f64 * self.time_base()?);
        }
        let whole = self.input.duration();
        (whole > 0).then(|| whole as f64 / f64::from(ff::ffi::AV_TIME_BASE))
    }

    fn time_base(&self) -> Option<f64> {
        Some(f64::from(self.input.stream(self.stream)?.time_base()))
    }

    /// Mean frame rate in Hz.
    pub(super) fn frame_rate(&self) -> Option<f64> {
        let stream = self.input.stream(self.stream)?;
        [stream.avg_frame_rate(), stream.rate()]
            .into_iter()
            .find(|rate| rate.numerator() > 0 && rate.denominator() > 0)
            .map(f64::from)
    }

    pub(super) fn container(&self) -> String {
        self.input.format().name().to_owned()
    }

    pub(super) fn codec_name(&self) -> String {
        // SAFETY: always a valid constant string ("unknown_codec" at worst).
        unsafe {
            let name = ff::ffi::avcodec_get_name((*self.decoder.as_ptr()).codec_id);
            CStr::from_ptr(name).to_string_lossy().into_owned()
        }
    }

    /// Width to height of a sample, container before codec; 1:1 if neither says.
    pub(super) fn sample_aspect(&mut self, picture: &mut ff::frame::Video) -> (i64, i64) {
        // SAFETY: the stream belongs to the context, which is valid, as is the frame.
        let ratio = unsafe {
            let context = self.input.as_mut_ptr();
            let stream = *(*context).streams.add(self.stream);
            ff::ffi::av_guess_sample_aspect_ratio(context, stream, picture.as_mut_ptr())
        };
        if ratio.num == 0 { (1, 1) } else { (ratio.num.into(), ratio.den.into()) }
    }

    /// How the stream's display matrix turns the picture.
    pub(super) fn orientation(&self) -> Orientation {
        let Some(stream) = self.input.stream(self.stream) else { return Orientation::default() };
        let matrix = stream.side_data().find(|data| data.kind() == side_data::Type::DisplayMatrix);
        let numbers: Vec<i32> = matrix
            .iter()
            .flat_map(|data| data.data().chunks_exact(4))
            .map(|four| i32::from_ne_bytes([four[0], four[1], four[2], four[3]]))
            .collect();
        match numbers.as_slice() {
            [a, b, _, c, d, ..] => Orientation::from_matrix(*a, *b, *c, *d),
            _ => Orientation::default(),
        }
    }
}

/// As the crate's own function, but for names that are not UTF-8 or look like a URL ("a:b.mp4").
fn open_input(path: &Path) -> Result<ff::format::context::Input, VideoError> {
    let not_video =
        |code: i32| VideoError::NotAVideo { path: path.to_owned(), message: message(ff::Error::from(code)) };
    let mut name = b"file:".to_vec();
    name.extend_from_slice(path.as_os_str().as_encoded_bytes());
    let name = CString::new(name).map_err(|_| VideoError::Missing { path: path.to_owned() })?;
    let mut context = ptr::null_mut();
    // SAFETY: `name` ends with a zero; FFmpeg sets `context`, or frees it and returns an error.
    let opened =
        unsafe { ff::ffi::avformat_open_input(&mut context, name.as_ptr(), ptr::null(), ptr::null_mut()) };
    if opened < 0 {
        return Err(not_video(opened));
    }
    // SAFETY: the context was just opened, and `Input` closes it.
    let mut input = unsafe { ff::format::context::Input::wrap(context) };
    // SAFETY: as above; no options are passed.
    let found = unsafe { ff::ffi::avformat_find_stream_info(input.as_mut_ptr(), ptr::null_mut()) };
    if found < 0 { Err(not_video(found)) } else { Ok(input) }
}

/// FFmpeg takes text files for text-mode animations, and reads stills as videos of one frame.
fn refuse_non_video(path: &Path, input: &ff::format::context::Input) -> Result<(), VideoError> {
    let format = input.format().name().to_owned();
    let path = path.to_owned();
    if format == "tty" {
        return Err(VideoError::NotAVideo { path, message: "it is a text file".to_owned() });
    }
    if format == "image2" || format.ends_with("_pipe") {
        return Err(VideoError::SingleImage { path });
    }
    Ok(())
}

/// FFmpeg's choice, unless that is the cover picture of a song.
fn best_stream(path: &Path, input: &ff::format::context::Input) -> Result<usize, VideoError> {
    use ff::format::stream::Disposition;
    let is_cover = |stream: &ff::Stream<'_>| stream.disposition().contains(Disposition::ATTACHED_PIC);
    let is_video = |stream: &ff::Stream<'_>| stream.parameters().medium() == ff::media::Type::Video;
    let best = input.streams().best(ff::media::Type::Video).filter(|stream| !is_cover(stream));
    best.or_else(|| input.streams().find(|stream| is_video(stream) && !is_cover(stream)))
        .map(|stream| stream.index())
        .ok_or_else(|| VideoError::NoVideoStream { path: path.to_owned(), streams: describe_streams(input) })
}

fn describe_streams(input: &ff::format::context::Input) -> String {
    use ff::media::Type;
    let mut kinds: Vec<&str> = input
        .streams()
        .map(|stream| match stream.parameters().medium() {
            Type::Video => "a cover picture",
            Type::Audio => "sound",
            Type::Subtitle => "subtitles",
            _ => "data",
        })
        .collect();
    kinds.dedup();
    if kinds.is_empty() { "an empty container".to_owned() } else { kinds.join(", ") }
}

fn is_damaged(picture: &ff::frame::Video) -> bool {
    picture.is_corrupt() || picture.has_decode_errors()
}

fn is_hidden(packet: &ff::Packet) -> bool {
    // SAFETY: the packet is valid.
    unsafe { (*packet.as_ptr()).flags & ff::ffi::AV_PKT_FLAG_DISCARD != 0 }
}
