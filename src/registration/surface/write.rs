//! The surface as a NumPy archive.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use manifold::progress::{Canceled, Progress};
use npyz::{AutoSerialize, DType, WriteOptions, WriterBuilder as _};
use zip::ZipWriter;

use super::{Surface, SurfaceError, positions};
use crate::output::write_with;
use crate::registration::displacements::stored;

/// Writes `height` (frames x rows x columns, 32-bit floats; NaN in frames that were left out), `x` and `y` (pixels of the
/// columns and rows), `frame` (the frames' numbers in the video), `time` (seconds, where the frame rate is known), `depth`
/// and `unit` (of height and depth), and `scale` (millimeters per pixel, if given).
///
/// # Errors
/// [`SurfaceError::Write`] as [`write_with`], [`SurfaceError::Canceled`] if `progress` asked to stop. After an error `path`
/// is as it was before.
pub fn write_surface(
    path: &Path,
    surface: &Surface,
    frame_rate: Option<f64>,
    progress: &dyn Progress,
) -> Result<(), SurfaceError> {
    let mut canceled = false;
    let written = write_with(path, |file| {
        let mut archive = ZipWriter::new(file);
        heights(&mut archive, surface, progress).map_err(|halt| match halt {
            Halt::Io(error) => error,
            Halt::Canceled => {
                canceled = true;
                io::ErrorKind::Interrupted.into()
            }
        })?;
        rest(&mut archive, surface, frame_rate)?;
        archive.finish()?;
        Ok(())
    });
    if canceled { Err(SurfaceError::Canceled) } else { Ok(written?) }
}

/// Why writing ended early.
enum Halt {
    Io(io::Error),
    Canceled,
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Halt {
        Halt::Io(error)
    }
}

impl From<Canceled> for Halt {
    fn from(_: Canceled) -> Halt {
        Halt::Canceled
    }
}

fn heights(
    archive: &mut ZipWriter<&mut File>,
    surface: &Surface,
    progress: &dyn Progress,
) -> Result<(), Halt> {
    archive.start_file("height.npy", stored()).map_err(io::Error::from)?;
    let buffered = BufWriter::with_capacity(1 << 20, archive);
    let shape = [surface.registration.fields.len(), surface.grid.rows, surface.grid.columns];
    let shape = shape.map(|length| length as u64);
    let mut array = WriteOptions::new().default_dtype().shape(&shape).writer(buffered).begin_nd()?;
    surface.visit(progress, |_, height| Ok::<(), Halt>(array.extend(height)?))?;
    Ok(array.finish()?)
}

fn rest(archive: &mut ZipWriter<&mut File>, surface: &Surface, frame_rate: Option<f64>) -> io::Result<()> {
    let numbers = &surface.registration.numbers;
    let per_pixel = surface.scale.unwrap_or(1.0);
    vector(archive, "x", positions(surface.grid.columns))?;
    vector(archive, "y", positions(surface.grid.rows))?;
    vector(archive, "frame", numbers.iter().copied())?;
    if let Some(rate) = frame_rate {
        vector(archive, "time", numbers.iter().map(|&number| f64::from(number) / rate))?;
    }
    scalar(archive, "depth", per_pixel * surface.depth.pixels)?;
    if let Some(scale) = surface.scale {
        scalar(archive, "scale", scale)?;
    }
    archive.start_file("unit.npy", stored())?;
    let kind = DType::Plain("<U2".parse().map_err(io::Error::other)?);
    let mut array = WriteOptions::<str>::new().dtype(kind).shape(&[]).writer(archive).begin_nd()?;
    array.push(surface.unit().symbol())?;
    array.finish()
}

fn vector<T: AutoSerialize>(
    archive: &mut ZipWriter<&mut File>,
    name: &str,
    values: impl ExactSizeIterator<Item = T>,
) -> io::Result<()> {
    archive.start_file(format!("{name}.npy"), stored())?;
    let shape = [values.len() as u64];
    let mut array = WriteOptions::new().default_dtype().shape(&shape).writer(archive).begin_nd()?;
    array.extend(values)?;
    array.finish()
}

fn scalar(archive: &mut ZipWriter<&mut File>, name: &str, value: f64) -> io::Result<()> {
    archive.start_file(format!("{name}.npy"), stored())?;
    let mut array = WriteOptions::new().default_dtype().shape(&[]).writer(archive).begin_nd()?;
    array.push(&value)?;
    array.finish()
}
