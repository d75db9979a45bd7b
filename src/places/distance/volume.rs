//! The samples between which distances are measured.

use super::WindowError;

/// Samples of all pictures, in the order picture, row, column.
#[derive(Clone, Copy, Debug)]
pub enum Voxels<'a> {
    /// Of 8 bits.
    U8(&'a [u8]),
    /// Of 16 bits.
    U16(&'a [u16]),
}

/// `points` gray pictures of `width` x `height`; a window cuts one point out of each of them.
#[derive(Clone, Copy, Debug)]
pub struct Volume<'a> {
    points: usize,
    width: usize,
    height: usize,
    voxels: Voxels<'a>,
}

impl<'a> Volume<'a> {
    /// Fails without points, or when the number of samples is not `points * width * height`.
    pub fn new(
        points: usize,
        width: usize,
        height: usize,
        voxels: Voxels<'a>,
    ) -> Result<Volume<'a>, WindowError> {
        if points == 0 {
            return Err(WindowError::NoPictures);
        }
        let got = match voxels {
            Voxels::U8(v) => v.len(),
            Voxels::U16(v) => v.len(),
        };
        let expected = points.saturating_mul(width).saturating_mul(height);
        if got != expected {
            return Err(WindowError::SampleCount { points, width, height, expected, got });
        }
        Ok(Volume { points, width, height, voxels })
    }

    /// Number of pictures.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points
    }

    /// Columns of a picture.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows of a picture.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Samples of all pictures.
    #[must_use]
    pub fn voxels(&self) -> Voxels<'a> {
        self.voxels
    }

    /// Fails unless the window of `side` pixels at `(x, y)` lies inside the pictures.
    pub(super) fn check(&self, x: usize, y: usize, side: usize) -> Result<(), WindowError> {
        let (width, height) = (self.width, self.height);
        if x.saturating_add(side) > width || y.saturating_add(side) > height {
            return Err(WindowError::Outside { x, y, side, width, height });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_must_agree() {
        assert!(Volume::new(2, 3, 4, Voxels::U8(&[0; 24])).is_ok());
        assert_eq!(Volume::new(0, 3, 4, Voxels::U8(&[])).err(), Some(WindowError::NoPictures));
        let error = Volume::new(2, 3, 4, Voxels::U16(&[0; 23])).err();
        assert_eq!(
            error,
            Some(WindowError::SampleCount { points: 2, width: 3, height: 4, expected: 24, got: 23 })
        );
    }
}
