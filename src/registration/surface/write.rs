//! The surface as a NumPy archive.

use std::io::{self, BufWriter};
use std::path::Path;

use manifold::progress::{Canceled, Progress};
use npyz::{AutoSerialize, DType, WriteOptions, WriterBuilder as _};

use super::{Surface, SurfaceError, positions};
use crate::output::{Arrays, write_arrays};

/// Writes `height` (frames x rows x columns, 32-bit floats; NaN in frames that were left out), `x` and `y` (pixels of the
/// columns and rows), `frame` (the frames' numbers in the video), `time` (seconds, where the frame rate is known), `depth`
/// and `unit` (of height and depth), and `scale` (millimeters per pixel, if given).
///
/// # Errors
/// [`SurfaceError::Write`] as [`write_arrays`], [`SurfaceError::Canceled`] if `progress` asked to stop. After an error `path`
/// is as it was before.
pub fn write_surface(
    path: &Path,
    surface: &Surface,
    frame_rate: Option<f64>,
    progress: &dyn Progress,
) -> Result<(), SurfaceError> {
    let mut canceled = false;
    let written = write_arrays(path, |arrays| {
        heights(arrays, surface, progress).map_err(|halt| match halt {
            Halt::Io(error) => error,
            Halt::Canceled => {
                canceled = true;
                io::ErrorKind::Interrupted.into()
            }
        })?;
        rest(arrays, surface, frame_rate)
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

fn heights(arrays: &mut Arrays<'_>, surface: &Surface, progress: &dyn Progress) -> Result<(), Halt> {
    let buffered = BufWriter::with_capacity(1 << 20, arrays.begin("height")?);
    let shape = [surface.registration.fields.len(), surface.grid.rows, surface.grid.columns];
    let shape = shape.map(|length| length as u64);
    let mut array = WriteOptions::new().default_dtype().shape(&shape).writer(buffered).begin_nd()?;
    surface.visit(progress, |_, height| Ok::<(), Halt>(array.extend(height)?))?;
    Ok(array.finish()?)
}

fn rest(arrays: &mut Arrays<'_>, surface: &Surface, frame_rate: Option<f64>) -> io::Result<()> {
    let numbers = &surface.registration.numbers;
    let per_pixel = surface.scale.unwrap_or(1.0);
    vector(arrays, "x", positions(surface.grid.columns))?;
    vector(arrays, "y", positions(surface.grid.rows))?;
    vector(arrays, "frame", numbers.iter().copied())?;
    if let Some(rate) = frame_rate {
        vector(arrays, "time", numbers.iter().map(|&number| f64::from(number) / rate))?;
    }
    scalar(arrays, "depth", per_pixel * surface.depth.pixels)?;
    if let Some(scale) = surface.scale {
        scalar(arrays, "scale", scale)?;
    }
    let kind = DType::Plain("<U2".parse().map_err(io::Error::other)?);
    let mut array =
        WriteOptions::<str>::new().dtype(kind).shape(&[]).writer(arrays.begin("unit")?).begin_nd()?;
    array.push(surface.unit().symbol())?;
    array.finish()
}

fn vector<T: AutoSerialize>(
    arrays: &mut Arrays<'_>,
    name: &str,
    values: impl ExactSizeIterator<Item = T>,
) -> io::Result<()> {
    let shape = [values.len() as u64];
    let mut array =
        WriteOptions::new().default_dtype().shape(&shape).writer(arrays.begin(name)?).begin_nd()?;
    array.extend(values)?;
    array.finish()
}

fn scalar(arrays: &mut Arrays<'_>, name: &str, value: f64) -> io::Result<()> {
    let mut array = WriteOptions::new().default_dtype().shape(&[]).writer(arrays.begin(name)?).begin_nd()?;
    array.push(&value)?;
    array.finish()
}
