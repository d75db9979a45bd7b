//! Distances from one point to all others at one window, for when the whole matrix is not needed.

use super::{Volume, Voxels, WindowError, Windows};

/// Squared distances of point `i` to all points, itself (0) included, at the window of `side` pixels whose
/// top left one is `(x, y)`, in the units of [`SquaredDistances`](manifold::distance::SquaredDistances): equal to that row of
/// [`reference`](super::reference). Fails when there is no such point, or the window leaves the pictures.
pub(in crate::places) fn squared_row(
    volume: &Volume<'_>,
    (x, y): (usize, usize),
    side: usize,
    level: bool,
    i: usize,
) -> Result<Vec<u64>, WindowError> {
    let window = Windows::new(side, vec![x], vec![y])?;
    volume.check(x, y, side)?;
    if i >= volume.points() {
        return Err(WindowError::NoPictures);
    }
    let pixels = if level { window.pixels() as u64 } else { 0 };
    let size = (volume.width(), volume.height());
    Ok(match volume.voxels() {
        Voxels::U8(samples) => row(samples, size, (x, y), side, pixels, i),
        Voxels::U16(samples) => row(samples, size, (x, y), side, pixels, i),
    })
}

fn row<T: Copy + Into<i64>>(
    samples: &[T],
    (width, height): (usize, usize),
    (x, y): (usize, usize),
    side: usize,
    pixels: u64,
    i: usize,
) -> Vec<u64> {
    let line = |point: usize, row: usize| &samples[(point * height + row) * width + x..][..side];
    let to = |j: usize| {
        let (mut squares, mut sum) = (0, 0);
        for row in y..y + side {
            for (&a, &b) in line(i, row).iter().zip(line(j, row)) {
                let difference: i64 = a.into() - b.into();
                squares += (difference * difference) as u64;
                sum += difference;
            }
        }
        if pixels > 0 { pixels * squares - sum.unsigned_abs().pow(2) } else { squares }
    };
    (0..samples.len() / (width * height)).map(to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::distance::reference;
    use manifold::distance::SquaredDistances;

    #[test]
    fn a_row_is_that_of_the_reference() {
        let samples: Vec<u16> = (0..5 * 7 * 6).map(|at| (at * 7919 % 65536) as u16).collect();
        let volume = Volume::new(5, 7, 6, Voxels::U16(&samples)).unwrap();
        let mut all = SquaredDistances::default();
        for level in [false, true] {
            reference::squared_distances(&volume, (2, 1), 4, level, &mut all).unwrap();
            for i in 0..5 {
                assert_eq!(squared_row(&volume, (2, 1), 4, level, i).unwrap(), all.row(i));
            }
        }
        assert!(squared_row(&volume, (4, 1), 4, false, 0).is_err());
        assert_eq!(squared_row(&volume, (0, 0), 4, false, 5), Err(WindowError::NoPictures));
    }
}
