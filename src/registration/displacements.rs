//! The waves themselves: how far each pixel moved in each frame, as arrays and as a NumPy archive.

use std::io;
use std::path::Path;

use ndarray::Array3;
use npyz::WriterBuilder as _;

use super::field::{Field, expand_row};
use super::registered_clip::Registration;
use crate::output::{Arrays, StillError, write_arrays};

impl Registration {
    /// How far the water moved each pixel in frame `at` (counted among those used): 2 x height x width, first
    /// `dx`, then `dy`, in pixels. The still's pixel (x, y) is at (x + dx, y + dy) in the frame; with camera
    /// motion removed, in the steadied frame. `None` if there is no such frame.
    #[must_use]
    pub fn displacements(&self, at: usize) -> Option<Array3<f32>> {
        let field = self.fields.get(at)?;
        let (width, height) = (self.confidence.width, self.confidence.height);
        let mut found = Array3::zeros((2, height, width));
        let (mut nodes, mut line) = (Vec::new(), vec![0.0f32; width]);
        for (axis, values) in [&field.dx, &field.dy].into_iter().enumerate() {
            for y in 0..height {
                expand_row(values, field.lattice, y, &mut nodes, &mut line);
                found
                    .slice_mut(ndarray::s![axis, y, ..])
                    .iter_mut()
                    .zip(&line)
                    .for_each(|(to, from)| *to = *from);
            }
        }
        Some(found)
    }
}

/// Writes `dx` and `dy`, each frames x height x width 32-bit floats in pixels: the still's
/// pixel (x, y) is at (x + dx, y + dy) in the frame; and `frame`, the frames' numbers in the video. With
/// camera motion removed, in the steadied frame. The file is as large as the numbers in it: it
/// can be read in place, array by array.
///
/// # Errors
/// As [`write_arrays`].
pub fn write_displacements(path: &Path, registration: &Registration) -> Result<(), StillError> {
    let size = (registration.confidence.width, registration.confidence.height);
    write_arrays(path, |arrays| {
        component(arrays, "dx", registration, size, |field| &field.dx)?;
        component(arrays, "dy", registration, size, |field| &field.dy)?;
        let shape = [registration.numbers.len() as u64];
        let frame = arrays.begin("frame")?;
        let mut array = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(frame).begin_nd()?;
        array.extend(registration.numbers.iter().copied())?;
        array.finish()
    })
}

fn component(
    arrays: &mut Arrays<'_>,
    name: &str,
    registration: &Registration,
    (width, height): (usize, usize),
    of: impl Fn(&Field) -> &[f32],
) -> io::Result<()> {
    let buffered = io::BufWriter::with_capacity(1 << 20, arrays.begin(name)?);
    let shape = [registration.fields.len() as u64, height as u64, width as u64];
    let mut array = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(buffered).begin_nd()?;
    let (mut nodes, mut line) = (Vec::new(), vec![0.0f32; width]);
    for field in &registration.fields {
        for y in 0..height {
            expand_row(of(field), field.lattice, y, &mut nodes, &mut line);
            array.extend(line.iter().copied())?;
        }
    }
    array.finish()
}
