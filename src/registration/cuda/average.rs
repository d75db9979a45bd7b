//! The mean of all frames in register: frames are added one after the other, whatever the batches are.

use super::launch::{self, WARP, launch};
use super::shape::Shape;
use super::{Session, packed};
use crate::registration::average::fill_unseen;
use crate::registration::error::RegisterError;
use crate::registration::field::Field;
use crate::registration::plane::Plane;
use manifold::device::cuda::Batches;

impl Session<'_> {
    /// Mean over the `trusted` frames of frame(x + u(x)), of those that see the pixel.
    pub(crate) fn average(&mut self, fields: &[Field], trusted: &[bool]) -> Result<Plane, RegisterError> {
        // Its memory is the average's for now.
        self.room = None;
        let (gpu, shape) = (self.gpu.clone(), self.shapes[0]);
        let which: Vec<usize> = (0..fields.len()).filter(|&at| trusted[at]).collect();
        let mut sums = gpu.zeros::<f32>(shape.pixels())?;
        let mut counts = gpu.zeros::<f32>(shape.pixels())?;
        let batches = Batches {
            what: "registration",
            items: which.len(),
            fixed: self.source.fixed() + 8 * shape.pixels() as u64,
            each: self.source.each() + 8 * shape.nodes() as u64,
            most: self.most(),
        };
        let halved = gpu.in_batches(batches, |range| {
            let which = &which[range];
            let fields = gpu.upload(&packed(which.iter().map(|&at| &fields[at])))?;
            let batch = self.source.batch(which)?;
            let Shape { width, height, columns, rows } = &shape;
            let (grid, count) = (launch::pixels(*width, *height, 1), which.len() as i32);
            launch!(
                gpu,
                WARP,
                "register_accumulate",
                grid,
                batch.all(),
                &batch.which,
                &fields,
                &count,
                &mut sums,
                &mut counts,
                width,
                height,
                columns,
                rows
            );
            Ok::<_, RegisterError>(())
        })?;
        self.note(halved);
        let (sums, counts) = (gpu.download(&sums)?, gpu.download(&counts)?);
        let mut mean = Plane::new(shape.width as usize, shape.height as usize);
        let mut seen: Vec<bool> = counts.iter().map(|&count| count > 0.0).collect();
        for ((value, sum), count) in mean.values.iter_mut().zip(sums).zip(counts) {
            *value = if count > 0.0 { sum / count } else { 0.0 };
        }
        fill_unseen(&mut mean, &mut seen);
        Ok(mean)
    }
}
