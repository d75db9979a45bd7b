//! Where distances are measured.

use super::WindowError;

/// The largest side of a window in pixels. A leveled entry of 16-bit samples is at most
/// (65535 side²)², which is below 2⁶⁴ up to here.
pub const MAX_SIDE: usize = 255;

/// Square windows at every combination of a left edge of `xs` and a top edge of `ys`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    side: usize,
    xs: Vec<usize>,
    ys: Vec<usize>,
}

impl Windows {
    /// `side` is from 1 to [`MAX_SIDE`]; `xs` and `ys` increase strictly and are not empty.
    pub fn new(side: usize, xs: Vec<usize>, ys: Vec<usize>) -> Result<Windows, WindowError> {
        if side == 0 || side > MAX_SIDE {
            return Err(WindowError::Side { side });
        }
        for edges in [&xs, &ys] {
            if edges.is_empty() {
                return Err(WindowError::Order { index: 0 });
            }
            if let Some(before) = edges.windows(2).position(|pair| pair[0] >= pair[1]) {
                return Err(WindowError::Order { index: before + 1 });
            }
        }
        Ok(Windows { side, xs, ys })
    }

    /// Side of a window in pixels.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Pixels of a window.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.side * self.side
    }

    /// Left edges, increasing.
    #[must_use]
    pub fn xs(&self) -> &[usize] {
        &self.xs
    }

    /// Top edges, increasing.
    #[must_use]
    pub fn ys(&self) -> &[usize] {
        &self.ys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_must_rise() {
        assert!(Windows::new(255, vec![0, 1], vec![7]).is_ok());
        assert_eq!(Windows::new(0, vec![0], vec![0]), Err(WindowError::Side { side: 0 }));
        assert_eq!(Windows::new(256, vec![0], vec![0]), Err(WindowError::Side { side: 256 }));
        assert_eq!(Windows::new(1, vec![], vec![0]), Err(WindowError::Order { index: 0 }));
        assert_eq!(Windows::new(1, vec![0], vec![0, 2, 2]), Err(WindowError::Order { index: 2 }));
    }

    /// The bound that [`MAX_SIDE`] rests on.
    #[test]
    fn the_largest_leveled_entry_fits() {
        let side = MAX_SIDE as u128;
        assert!((65535 * side * side).pow(2) < 1 << 64);
    }
}
