//! The plain reference: every pair of pixels of one window, by straightforward loops.
//!
//! This defines what a distance is. Every faster variant is tested against it, and says in its
//! header whether it agrees bit for bit or within which tolerance.
//!
//! With m pixels in a window and two points a and b:
//! plain D²(a, b) = Σ (a - b)²; leveled D²(a, b) = Σ ((a - ā) - (b - b̄))² = Σ (a - b)² - (Σa - Σb)² / m.

use manifold::distance::SquaredDistances;

use super::{Volume, Voxels, WindowError, Windows};

/// Distances between all points of the window of `side` pixels whose top left one is `(x, y)`,
/// less each point's own mean if `level`. Fails if the window leaves the pictures, or if
/// its side is not from 1 to [`MAX_SIDE`](super::MAX_SIDE).
pub fn squared_distances(
    volume: &Volume<'_>,
    (x, y): (usize, usize),
    side: usize,
    level: bool,
    into: &mut SquaredDistances,
) -> Result<(), WindowError> {
    let window = Windows::new(side, vec![x], vec![y])?;
    volume.check(x, y, side)?;
    let (n, m) = (volume.points(), window.pixels() as u64);
    let values = into.reset(n, if level { m } else { 1 });
    for i in 0..n {
        for j in 0..n {
            let (mut squares, mut sum) = (0_u64, 0_i64);
            for row in y..y + side {
                for column in x..x + side {
                    let difference = pixel(volume, i, row, column) - pixel(volume, j, row, column);
                    squares += difference.unsigned_abs().pow(2);
                    sum += difference;
                }
            }
            values[i * n + j] = if level { m * squares - sum.unsigned_abs().pow(2) } else { squares };
        }
    }
    Ok(())
}

fn pixel(volume: &Volume<'_>, point: usize, row: usize, column: usize) -> i64 {
    let index = (point * volume.height() + row) * volume.width() + column;
    match volume.voxels() {
        Voxels::U8(v) => i64::from(v[index]),
        Voxels::U16(v) => i64::from(v[index]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pictures of 3x2; the window holds 1 2 / 4 5 and 0 7 / 4 9.
    const SAMPLES: [u8; 12] = [9, 1, 2, 9, 4, 5, 9, 0, 7, 9, 4, 9];

    #[test]
    fn plain_and_leveled_by_hand() {
        let volume = Volume::new(2, 3, 2, Voxels::U8(&SAMPLES)).unwrap();
        let mut out = SquaredDistances::default();
        squared_distances(&volume, (1, 0), 2, false, &mut out).unwrap();
        assert_eq!(out.values(), [0, 42, 42, 0]); // 1 + 25 + 0 + 16
        squared_distances(&volume, (1, 0), 2, true, &mut out).unwrap();
        assert_eq!((out.get(0, 1), out.divisor()), (4 * 42 - 64, 4)); // sums 12 and 20
    }

    #[test]
    fn leveled_patches_forget_their_brightness() {
        let samples: Vec<u16> = [1, 5, 9, 2].into_iter().chain([60001, 60005, 60009, 60002]).collect();
        let volume = Volume::new(2, 2, 2, Voxels::U16(&samples)).unwrap();
        let mut out = SquaredDistances::default();
        squared_distances(&volume, (0, 0), 2, true, &mut out).unwrap();
        assert_eq!(out.values(), [0; 4]);
    }

    #[test]
    fn windows_stay_inside() {
        let volume = Volume::new(2, 3, 2, Voxels::U8(&SAMPLES)).unwrap();
        let error = squared_distances(&volume, (2, 0), 2, false, &mut SquaredDistances::default());
        assert_eq!(error, Err(WindowError::Outside { x: 2, y: 0, side: 2, width: 3, height: 2 }));
    }
}
