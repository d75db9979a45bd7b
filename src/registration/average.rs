//! The mean of all frames in register: the reference of the next round.

use rayon::prelude::*;

use super::error::RegisterError;
use super::field::Field;
use super::frames::Frames;
use super::plane::Plane;
use super::warp::{RowScratch, warp_row};
use manifold::progress::Counter;

/// Rows that are worth a task of their own.
const ROWS: usize = 16;

/// Mean over the `trusted` frames of frame(x + u(x)), of those that see the pixel. Frames are added one
/// after the other, so the sum does not depend on threads. `counter` may stop it.
pub(super) fn average(
    frames: &dyn Frames,
    fields: &[Field],
    trusted: &[bool],
    counter: &Counter,
) -> Result<Plane, RegisterError> {
    let (width, height) = frames.size();
    let mut sums = vec![(0.0f32, 0.0f32); width * height];
    let mut frame = Plane::default();
    for (at, field) in fields.iter().enumerate().filter(|&(at, _)| trusted[at]) {
        frames.read(at, &mut frame)?;
        counter.add(0)?;
        sums.par_chunks_mut(width * ROWS).enumerate().for_each_init(
            || (RowScratch::default(), vec![0.0; width]),
            |(scratch, line), (chunk, rows)| {
                for (row, sums) in rows.chunks_exact_mut(width).enumerate() {
                    warp_row(&frame, field, chunk * ROWS + row, scratch, line);
                    for ((sum, count), &value) in sums.iter_mut().zip(line.iter()) {
                        if !value.is_nan() {
                            *sum += value;
                            *count += 1.0;
                        }
                    }
                }
            },
        );
    }
    let mut mean = Plane::new(width, height);
    let mut seen = vec![true; width * height];
    for ((value, seen), (sum, count)) in mean.values.iter_mut().zip(&mut seen).zip(sums) {
        *seen = count > 0.0;
        *value = if *seen { sum / count } else { 0.0 };
    }
    fill_unseen(&mut mean, &mut seen);
    Ok(mean)
}

/// Gives pixels that no frame saw the value of the nearest one that some did, along their row and
/// then along their column.
pub(super) fn fill_unseen(plane: &mut Plane, seen: &mut [bool]) {
    if seen.iter().all(|&seen| seen) {
        return;
    }
    let (width, height) = (plane.width, plane.height);
    for y in 0..height {
        fill_line(&mut plane.values, seen, y * width, 1, width);
    }
    for x in 0..width {
        fill_line(&mut plane.values, seen, x, width, height);
    }
}

fn fill_line(values: &mut [f32], seen: &mut [bool], start: usize, stride: usize, count: usize) {
    let known: Vec<usize> = (0..count).filter(|&at| seen[start + at * stride]).collect();
    let Some(&first) = known.first() else { return };
    let mut nearest = 0;
    for at in 0..count {
        while nearest + 1 < known.len() && known[nearest + 1].abs_diff(at) <= known[nearest].abs_diff(at) {
            nearest += 1;
        }
        let from = if at < first { first } else { known[nearest] };
        values[start + at * stride] = values[start + from * stride];
        seen[start + at * stride] = true;
    }
}
