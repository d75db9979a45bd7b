//! Homographies.

/// Where a pixel of the steady picture is in a frame, both in pixels from the center of the first:
///
/// ```text
/// x' = (h0 x + h1 y + h2) / (h6 x + h7 y + 1),     y' = (h3 x + h4 y + h5) / (h6 x + h7 y + 1)
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pose {
    /// h0 ..= h7, row-major; the ninth element of the matrix is 1.
    pub h: [f64; 8],
}

/// How much smaller or nearer, at most, one corner of the picture may look than another
/// or than in the reference, as a factor: twice the size means another picture, not camera shake.
const ZOOM: f64 = 2.0;

impl Default for Pose {
    fn default() -> Pose {
        Pose::identity()
    }
}

impl Pose {
    /// Every pixel where it is.
    #[must_use]
    pub const fn identity() -> Pose {
        Pose::translation(0.0, 0.0)
    }

    /// Every pixel `dx` further to the right and `dy` further down.
    #[must_use]
    pub const fn translation(dx: f64, dy: f64) -> Pose {
        Pose { h: [1.0, 0.0, dx, 0.0, 1.0, dy, 0.0, 0.0] }
    }

    /// Where the point is in the frame; not finite where the pose sends it to infinity.
    #[inline]
    #[must_use]
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let h = &self.h;
        let w = self.depth(x, y);
        ((h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w)
    }

    /// First `other`, then `self`. Not finite if that sends the first pixel to infinity.
    #[must_use]
    pub fn compose(self, other: Pose) -> Pose {
        let (a, b) = (self.matrix(), other.matrix());
        Pose::of(std::array::from_fn(|at| (0..3).map(|k| a[at / 3 * 3 + k] * b[3 * k + at % 3]).sum()))
    }

    /// The pose that undoes this one; none if it folds the picture to a line or a point, or the
    /// first pixel of the frame is seen from nowhere.
    #[must_use]
    pub fn inverse(self) -> Option<Pose> {
        let m = self.matrix();
        // The cofactor of row i, column j, with indices wrapped around.
        let cofactor = |i: usize, j: usize| {
            let at = |i: usize, j: usize| m[i % 3 * 3 + j % 3];
            at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1)
        };
        let inverse = Pose::of(std::array::from_fn(|at| cofactor(at % 3, at / 3)));
        let sound = self.determinant() != 0.0 && inverse.h.iter().all(|h| h.is_finite());
        sound.then_some(inverse)
    }

    /// The same pose in pixels `by` times as large.
    pub(crate) fn shrunk(self, by: f64) -> Pose {
        let h = self.h;
        Pose { h: [h[0], h[1], h[2] / by, h[3], h[4], h[5] / by, h[6] * by, h[7] * by] }
    }

    /// Whether a shaken camera could have done this: nothing folded, no corner of a picture of this
    /// size more than twice nearer or farther, larger or smaller.
    pub(super) fn plausible(&self, width: usize, height: usize) -> bool {
        let determinant = self.determinant();
        corners(width, height).iter().all(|&(x, y)| {
            let w = self.depth(x, y);
            // The area of a pixel there.
            let area = determinant / (w * w * w);
            (1.0 / ZOOM..=ZOOM).contains(&w) && (1.0 / (ZOOM * ZOOM)..=ZOOM * ZOOM).contains(&area)
        })
    }

    /// How far apart, at most, two poses put a corner of a picture of this size, in pixels.
    pub(super) fn apart(&self, other: &Pose, width: usize, height: usize) -> f64 {
        corners(width, height).iter().fold(0.0, |most, &(x, y)| {
            let ((ax, ay), (bx, by)) = (self.apply(x, y), other.apply(x, y));
            (ax - bx).hypot(ay - by).max(most)
        })
    }

    /// The denominator at a point.
    #[inline]
    fn depth(&self, x: f64, y: f64) -> f64 {
        self.h[6] * x + self.h[7] * y + 1.0
    }

    fn determinant(&self) -> f64 {
        let h = &self.h;
        h[0] * (h[4] - h[5] * h[7]) - h[1] * (h[3] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6])
    }

    fn matrix(&self) -> [f64; 9] {
        std::array::from_fn(|at| self.h.get(at).copied().unwrap_or(1.0))
    }

    fn of(matrix: [f64; 9]) -> Pose {
        Pose { h: std::array::from_fn(|at| matrix[at] / matrix[8]) }
    }
}

fn corners(width: usize, height: usize) -> [(f64, f64); 4] {
    let (right, bottom) = (width.saturating_sub(1) as f64, height.saturating_sub(1) as f64);
    [(0.0, 0.0), (right, 0.0), (0.0, bottom), (right, bottom)]
}
