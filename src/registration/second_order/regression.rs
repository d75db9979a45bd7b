//! The regression of one slow series on another, and how certain its slope is.

/// Parts of the picture in each direction, and parts of the clip, that are left out in turn.
pub(super) const SIDES: usize = 3;
const PLACES: usize = SIDES * SIDES;
pub(super) const TIMES: usize = 4;

/// Sums of y b and of b b.
type Moments = [f64; 2];

/// y = c b, by least squares.
pub(super) struct Regression {
    /// In each part of the clip and place of the picture.
    parts: [[Moments; PLACES]; TIMES],
    /// Sum of y y.
    squares: f64,
}

impl Regression {
    /// Of series frame by frame; `place` is the part of the picture, below [`SIDES`]², of each of their values.
    pub(super) fn of(y: &[Vec<f32>], b: &[Vec<f32>], place: impl Fn(usize) -> usize) -> Regression {
        let mut sums = Regression { parts: [[[0.0; 2]; PLACES]; TIMES], squares: 0.0 };
        for (t, (ys, bs)) in y.iter().zip(b).enumerate() {
            let parts = &mut sums.parts[t * TIMES / y.len()];
            for (at, (&y, &b)) in ys.iter().zip(bs).enumerate() {
                let (y, b) = (f64::from(y), f64::from(b));
                let part = &mut parts[place(at)];
                part[0] += y * b;
                part[1] += b * b;
                sums.squares += y * y;
            }
        }
        sums
    }

    /// c; `None` where b is zero.
    pub(super) fn slope(&self) -> Option<f64> {
        slope(self.parts.iter().flatten())
    }

    /// Share of y that c b explains.
    pub(super) fn explained(&self, slope: f64) -> f64 {
        let b: f64 = self.parts.iter().flatten().map(|part| part[1]).sum();
        if self.squares > 0.0 { slope * slope * b / self.squares } else { 0.0 }
    }

    /// Variance of c: by place and by time, added up.
    pub(super) fn variance(&self) -> f64 {
        let at = |time: usize, place: usize| &self.parts[time][place];
        let without_place = |left: usize| {
            slope((0..TIMES).flat_map(|t| (0..PLACES).filter(move |p| *p != left).map(move |p| at(t, p))))
        };
        let without_time = |left: usize| {
            slope((0..TIMES).filter(move |t| *t != left).flat_map(|t| (0..PLACES).map(move |p| at(t, p))))
        };
        jackknife((0..PLACES).map(without_place)) + jackknife((0..TIMES).map(without_time))
    }
}

fn slope<'a>(parts: impl Iterator<Item = &'a Moments>) -> Option<f64> {
    let [yb, bb] = parts.fold([0.0; 2], |[yb, bb], part| [yb + part[0], bb + part[1]]);
    (bb > 0.0).then(|| yb / bb)
}

/// Variance of an estimate from what it is without each part in turn (Tukey 1958), times that of Student's t for so few parts;
/// infinite if it hangs on a single part.
fn jackknife(without: impl Iterator<Item = Option<f64>>) -> f64 {
    let Some(without) = without.collect::<Option<Vec<f64>>>() else { return f64::INFINITY };
    let n = without.len() as f64;
    let mean = without.iter().sum::<f64>() / n;
    let variance = (n - 1.0) / n * without.iter().map(|slope| (slope - mean).powi(2)).sum::<f64>();
    // With f degrees of freedom it is f/(f - 2).
    (n - 1.0) / (n - 3.0) * variance
}
