//! YUV4MPEG2: a text header, then `FRAME` and the planes of each frame (mjpegtools, yuv4mpeg(5)).
//! 8 bits. Color is 4:4:4, BT.601, limited range (black 16, white 235); gray is full range, as
//! FFmpeg takes it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::{Channels, EncodeError, Frame, Samples, VideoSpec, rate_fraction};

pub(super) struct Writer {
    file: BufWriter<File>,
    planes: Vec<u8>,
}

impl Writer {
    pub(super) fn create(file: &Path, spec: &VideoSpec) -> Result<Writer, EncodeError> {
        let color = match spec.channels {
            Channels::Luma => "mono XCOLORRANGE=FULL",
            Channels::Rgb => "444 XCOLORRANGE=LIMITED",
        };
        let (numerator, denominator) = rate_fraction(spec.fps);
        let begun = File::create(file).map(BufWriter::new).and_then(|mut file| {
            writeln!(
                file,
                "YUV4MPEG2 W{} H{} F{numerator}:{denominator} Ip A1:1 C{color}",
                spec.width, spec.height
            )?;
            Ok(file)
        });
        match begun {
            Ok(file) => Ok(Writer { file, planes: Vec::new() }),
            Err(e) => Err(EncodeError::Write { path: file.to_owned(), detail: e.to_string() }),
        }
    }

    pub(super) fn push(&mut self, frame: &Frame) -> Result<(), String> {
        self.planes.clear();
        match &frame.samples {
            Samples::U8(samples) => fill(&mut self.planes, samples, frame.channels, 1.0 / 255.0),
            Samples::U16(samples) => fill(&mut self.planes, samples, frame.channels, 1.0 / 65535.0),
        }
        self.file
            .write_all(b"FRAME\n")
            .and_then(|()| self.file.write_all(&self.planes))
            .map_err(|e| e.to_string())
    }

    pub(super) fn finish(mut self) -> Result<(), String> {
        self.file.flush().map_err(|e| e.to_string())
    }
}

/// Appends the planes of one picture whose samples times `scale` lie in 0..=1.
fn fill<T: Copy + Into<f32>>(planes: &mut Vec<u8>, samples: &[T], channels: Channels, scale: f32) {
    match channels {
        Channels::Luma => {
            planes.extend(samples.iter().map(|&v| (255.0 * scale * v.into()).round() as u8));
        }
        Channels::Rgb => {
            // ITU-R BT.601-7, 2.5.1 and 2.5.2: rows are Y', CB, CR; 219 and 224 steps of swing.
            const ROWS: [([f32; 3], f32, f32); 3] = [
                ([0.299, 0.587, 0.114], 219.0, 16.0),
                ([-0.299 / 1.772, -0.587 / 1.772, 0.5], 224.0, 128.0),
                ([0.5, -0.587 / 1.402, -0.114 / 1.402], 224.0, 128.0),
            ];
            for ([r, g, b], swing, offset) in ROWS {
                planes.extend(samples.chunks_exact(3).map(|rgb| {
                    let sum = r * rgb[0].into() + g * rgb[1].into() + b * rgb[2].into();
                    (offset + swing * scale * sum).round() as u8
                }));
            }
        }
    }
}
