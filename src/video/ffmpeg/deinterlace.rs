//! Frames of two fields each, taken one after the other, are made whole by FFmpeg's filter bwdif.

use std::path::Path;

use ff::filter::{self, Graph};
use ff::frame::Video as Picture;
use ffmpeg_next as ff;

use super::decoder::Decoder;
use super::{is_again, message};
use crate::video::error::FfmpegTask;
use crate::video::{VideoError, Warning, WarningKind};

/// One frame for each that comes in; those that are not interlaced stay as they are.
const FILTER: &str = "bwdif=mode=send_frame:deint=interlaced";

/// Decoded frames, deinterlaced where that is wanted and they are interlaced.
pub(super) struct Progressive {
    pub(super) decoder: Decoder,
    wanted: bool,
    /// From the first interlaced frame on.
    graph: Option<Graph>,
    /// The frame decoded last.
    raw: Picture,
    /// A frame of the stream was interlaced.
    met: bool,
    ended: bool,
}

impl Progressive {
    pub(super) fn new(decoder: Decoder, wanted: bool) -> Progressive {
        Progressive { decoder, wanted, graph: None, raw: Picture::empty(), met: false, ended: false }
    }

    /// The next good frame; `false` at the end.
    pub(super) fn next(&mut self, picture: &mut Picture) -> Result<bool, VideoError> {
        loop {
            if let Some(graph) = &mut self.graph
                && pull(graph, picture).map_err(|error| failed(self.decoder.path(), error))?
            {
                return Ok(true);
            }
            if self.ended {
                return Ok(false);
            }
            if !self.decoder.decode(&mut self.raw)? {
                self.ended = true;
                match &mut self.graph {
                    Some(graph) => flush(graph).map_err(|error| failed(self.decoder.path(), error))?,
                    None => return Ok(false),
                }
                continue;
            }
            self.met |= self.raw.is_interlaced();
            if self.graph.is_none() && self.wanted && self.raw.is_interlaced() {
                let begun = begin(&self.raw, self.decoder.unit());
                self.graph = Some(begun.map_err(|error| failed(self.decoder.path(), error))?);
            }
            match &mut self.graph {
                None => {
                    std::mem::swap(picture, &mut self.raw);
                    return Ok(true);
                }
                Some(graph) => push(graph, &self.raw).map_err(|error| failed(self.decoder.path(), error))?,
            }
        }
    }

    /// Of a frame that it gave, in seconds since the first. The filter leaves the best guess of the time stamp as it was.
    pub(super) fn time(&self, picture: &Picture) -> Option<f64> {
        Some(picture.timestamp()? as f64 * f64::from(self.decoder.unit()) - self.decoder.first_time()?)
    }

    /// Whether a frame was interlaced so far.
    pub(super) fn is_interlaced(&self) -> bool {
        self.met
    }

    /// What happened to interlaced frames, if there were any.
    pub(super) fn warning(&self) -> Option<Warning> {
        let (kind, done) = match self.graph {
            Some(_) => (WarningKind::Deinterlaced, "deinterlaced"),
            None => (WarningKind::Interlaced, "used as they are"),
        };
        self.met.then(|| Warning::new(kind, format!("the video is interlaced: its frames were {done}")))
    }
}

fn begin(picture: &Picture, unit: ff::Rational) -> Result<Graph, ff::Error> {
    let mut graph = Graph::new();
    // SAFETY: the graph is valid and not configured yet.
    unsafe { (*graph.as_mut_ptr()).nb_threads = 1 };
    let found = |name: &str| filter::find(name).ok_or(ff::Error::FilterNotFound);
    let format = ff::ffi::AVPixelFormat::from(picture.format()) as i32;
    let (over, under) = (unit.numerator(), unit.denominator());
    let frames = format!(
        "video_size={}x{}:pix_fmt={format}:time_base={over}/{under}:pixel_aspect=1/1",
        picture.width(),
        picture.height()
    );
    graph.add(&found("buffer")?, "in", &frames)?;
    graph.add(&found("buffersink")?, "out", "")?;
    graph.output("in", 0)?.input("out", 0)?.parse(FILTER)?;
    graph.validate()?;
    Ok(graph)
}

fn push(graph: &mut Graph, picture: &Picture) -> Result<(), ff::Error> {
    graph.get("in").ok_or(ff::Error::FilterNotFound)?.source().add(picture)
}

fn flush(graph: &mut Graph) -> Result<(), ff::Error> {
    graph.get("in").ok_or(ff::Error::FilterNotFound)?.source().flush()
}

/// Whether there was a frame.
fn pull(graph: &mut Graph, picture: &mut Picture) -> Result<bool, ff::Error> {
    let mut whole = Picture::empty();
    match graph.get("out").ok_or(ff::Error::FilterNotFound)?.sink().frame(&mut whole) {
        Ok(()) => {
            *picture = whole;
            Ok(true)
        }
        Err(ff::Error::Eof) => Ok(false),
        Err(error) if is_again(error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn failed(path: &Path, error: ff::Error) -> VideoError {
    VideoError::Ffmpeg { path: path.to_owned(), doing: FfmpegTask::Deinterlace, message: message(error) }
}
