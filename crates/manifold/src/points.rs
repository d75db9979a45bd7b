//! Points: the rows of a table, n points of d numbers each, row by row.
//!
//! Values are 32-bit floats, as in most data files and from most instruments; whatever needs more (means,
//! sums of squares, eigenvectors) is computed in 64 bits. 64-bit input is rounded, and refused if rounding
//! would lose what distinguishes the rows (a column that varies only far behind the decimal point: see
//! [`PointsError::Offset`]).
//!
//! ```
//! use manifold::points::Points;
//!
//! let points = Points::new(vec![0.0, 3.0, 4.0, 0.0], 2)?;
//! assert_eq!((points.n(), points.dimensions()), (2, 2));
//! assert_eq!(points.squared_distance(0, 1), 25.0);
//! # Ok::<(), manifold::points::PointsError>(())
//! ```

use crate::checked::checked;

/// Largest magnitude of a value: sums of squares over 10^5 dimensions still fit 32 bits.
pub const LARGEST: f32 = 1e16;

/// Least magnitude that the largest value may have: below, 32-bit floats lose digits, down to 1e-45, the last one.
pub const SMALLEST: f32 = 1e-35;

/// Share of a column's standard deviation that rounding to 32 bits may move a value by.
const ROUNDING: f64 = 1e-3;

checked! {
    /// n >= 1 points of d >= 1 finite numbers, row by row.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Points {
        dimensions: usize,
        values: Vec<f32>,
    }
}

/// Why numbers are not points.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PointsError {
    /// There is no value.
    #[error("there are no points")]
    Empty,
    /// The number of values is not a multiple of the dimensions.
    #[error("{values} values are not a whole number of {dimensions}-dimensional points")]
    Shape {
        /// Values given.
        values: usize,
        /// Values to a row.
        dimensions: usize,
    },
    /// A value is not finite, or 1e16 or more in magnitude.
    #[error("row {row}, column {column} is {value}: every value must be a finite number below 1e16")]
    NotFinite {
        /// Its row, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// All values are too small for 32 bits, and not all are 0.
    #[error(
        "the largest value is {largest:e}, and 32-bit floats hold no digits of values far below 1e-35: multiply all by \
         the same number"
    )]
    TooSmall {
        /// The largest magnitude.
        largest: f64,
    },
    /// A column varies too little around its mean for 32 bits.
    #[error(
        "column {column} varies by {deviation:.3e} around {mean:.6e}, which 32-bit floats cannot hold: \
         subtract its mean first"
    )]
    Offset {
        /// The column, from 0.
        column: usize,
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        deviation: f64,
    },
    /// There are more points than 32-bit indices.
    #[error("{points} points: more than 2^32 cannot be numbered")]
    TooMany {
        /// Points given.
        points: usize,
    },
}

impl Points {
    fn is_whole(&self) -> bool {
        check_shape(self.values.len(), self.dimensions).is_ok()
            && self.values.iter().all(|x| x.is_finite() && x.abs() <= LARGEST)
    }

    /// `values` row by row, `dimensions` to a row.
    pub fn new(values: Vec<f32>, dimensions: usize) -> Result<Points, PointsError> {
        check_shape(values.len(), dimensions)?;
        if let Some(at) = values.iter().position(|x| !x.is_finite() || x.abs() > LARGEST) {
            return Err(not_finite(at, dimensions, f64::from(values[at])));
        }
        check_size(&values)?;
        Ok(Points { dimensions, values })
    }

    /// The same from 64-bit floats, rounded.
    pub fn from_f64(values: &[f64], dimensions: usize) -> Result<Points, PointsError> {
        check_shape(values.len(), dimensions)?;
        if let Some(at) = values.iter().position(|x| !x.is_finite() || x.abs() > f64::from(LARGEST)) {
            return Err(not_finite(at, dimensions, values[at]));
        }
        check_size(values)?;
        check_offsets(values, dimensions)?;
        Ok(Points { dimensions, values: values.iter().map(|&x| x as f32).collect() })
    }

    /// Whether all points are the same.
    pub(crate) fn coincide(&self) -> bool {
        (1..self.n()).all(|i| self.row(i) == self.row(0))
    }

    /// Number of points.
    #[must_use]
    pub fn n(&self) -> usize {
        self.values.len() / self.dimensions
    }

    /// Coordinates of a point.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Point `i`.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.dimensions..(i + 1) * self.dimensions]
    }

    /// All values, row by row.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Squared Euclidean distance between points `i` and `j`, summed in 64 bits.
    #[must_use]
    pub fn squared_distance(&self, i: usize, j: usize) -> f64 {
        self.row(i).iter().zip(self.row(j)).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
    }
}

fn check_shape(values: usize, dimensions: usize) -> Result<(), PointsError> {
    if values == 0 {
        return Err(PointsError::Empty);
    }
    if dimensions == 0 || !values.is_multiple_of(dimensions) {
        return Err(PointsError::Shape { values, dimensions });
    }
    let points = values / dimensions;
    if u32::try_from(points).is_err() { Err(PointsError::TooMany { points }) } else { Ok(()) }
}

fn check_size<T: Copy + Into<f64>>(values: &[T]) -> Result<(), PointsError> {
    let largest = values.iter().fold(0.0, |most: f64, &x| most.max(x.into().abs()));
    if largest > 0.0 && largest < f64::from(SMALLEST) {
        Err(PointsError::TooSmall { largest })
    } else {
        Ok(())
    }
}

fn not_finite(at: usize, dimensions: usize, value: f64) -> PointsError {
    PointsError::NotFinite { row: at / dimensions, column: at % dimensions, value }
}

/// Steps of 64-bit floats by which a column of fractions that ought to be constant may vary: arithmetic leaves that much.
const STEPS: f64 = 8.0;

fn check_offsets(values: &[f64], dimensions: usize) -> Result<(), PointsError> {
    let n = (values.len() / dimensions) as f64;
    let mut columns = vec![Spread::default(); dimensions];
    for row in values.chunks_exact(dimensions) {
        columns.iter_mut().zip(row).for_each(|(column, &x)| column.take(x));
    }
    // Measured from the smallest value in shares of the range, so that nothing of a large offset is left to round, and squares
    // of the smallest ranges are not 0.
    let (mut means, mut squares) = (vec![0.0; dimensions], vec![0.0; dimensions]);
    for row in values.chunks_exact(dimensions) {
        for (column, &x) in row.iter().enumerate() {
            let spread = &columns[column];
            let above = (x - spread.low) / spread.range();
            means[column] += above / n;
            squares[column] += above * above / n;
        }
    }
    for (column, spread) in columns.iter().enumerate() {
        let range = spread.range();
        let deviation = range * (squares[column] - means[column] * means[column]).max(0.0).sqrt();
        let mean = spread.low + range * means[column];
        let rounding = mean.abs() * f64::from(f32::EPSILON) / 2.0;
        if !spread.is_constant() && rounding > ROUNDING * deviation {
            return Err(PointsError::Offset { column, mean, deviation });
        }
    }
    Ok(())
}

/// Between which values a column lies.
#[derive(Clone, Copy)]
struct Spread {
    low: f64,
    high: f64,
    whole: bool,
}

impl Default for Spread {
    fn default() -> Spread {
        Spread { low: f64::INFINITY, high: f64::NEG_INFINITY, whole: true }
    }
}

impl Spread {
    fn take(&mut self, x: f64) {
        self.low = self.low.min(x);
        self.high = self.high.max(x);
        self.whole &= x.fract() == 0.0;
    }

    /// Never 0.
    fn range(&self) -> f64 {
        (self.high - self.low).max(f64::from_bits(1))
    }

    /// Whole numbers are exact: they differ or do not.
    fn is_constant(&self) -> bool {
        let largest = self.low.abs().max(self.high.abs());
        let noise = if self.whole { 0.0 } else { STEPS * f64::EPSILON * largest };
        self.high - self.low <= noise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back() {
        let points = Points::from_f64(&[1.0, 2.0, 3.0, 4.0, 5.0, 7.0], 3).unwrap();
        assert_eq!((points.n(), points.dimensions()), (2, 3));
        assert_eq!(points.row(1), [4.0, 5.0, 7.0]);
        assert_eq!(points.squared_distance(0, 1), 9.0 + 9.0 + 16.0);
    }

    #[test]
    fn nonsense_is_refused_with_its_row() {
        assert_eq!(Points::new(Vec::new(), 2), Err(PointsError::Empty));
        assert_eq!(Points::new(vec![1.0; 5], 2), Err(PointsError::Shape { values: 5, dimensions: 2 }));
        assert_eq!(Points::new(vec![1.0; 5], 0), Err(PointsError::Shape { values: 5, dimensions: 0 }));
        for value in [f32::NAN, f32::INFINITY, -2e16] {
            let error = Points::new(vec![0.0, 1.0, 2.0, value], 2).unwrap_err();
            assert!(matches!(error, PointsError::NotFinite { row: 1, column: 1, .. }), "{error}");
            let error = Points::from_f64(&[0.0, 1.0, f64::from(value), 2.0], 2).unwrap_err();
            assert!(error.to_string().starts_with("row 1, column 0 is"), "{error}");
        }
    }

    #[test]
    fn values_too_small_for_their_digits_are_refused() {
        for largest in [1e-310, 1e-40] {
            let refused = Points::from_f64(&[0.0, largest, -0.5 * largest, 0.0], 2);
            assert_eq!(refused, Err(PointsError::TooSmall { largest }));
        }
        assert!(matches!(Points::new(vec![0.0, 1e-40], 1), Err(PointsError::TooSmall { .. })));
        assert!(Points::from_f64(&[0.0, 1e-310, 1.0, 0.0], 2).is_ok(), "beside larger ones they are 0");
        assert!(Points::new(vec![0.0; 4], 2).is_ok());
    }

    #[test]
    fn what_32_bits_lose_is_refused() {
        let steps: Vec<f64> = (0..10).flat_map(|i| [f64::from(i), 1e9 + f64::from(i)]).collect();
        assert!(matches!(Points::from_f64(&steps, 2), Err(PointsError::Offset { column: 1, .. })));
        let constant: Vec<f64> = (0..10).flat_map(|i| [f64::from(i), 1e9 + 0.1]).collect();
        assert!(Points::from_f64(&constant, 2).is_ok());
        // Whole numbers of 64 bits that differ are not constant, however far from 0.
        for offset in [5e14, 9e15] {
            let whole: Vec<f64> = (0..8).map(|i| offset + f64::from(i)).collect();
            assert!(
                matches!(Points::from_f64(&whole, 1), Err(PointsError::Offset { column: 0, .. })),
                "{offset}"
            );
        }
        let sums: Vec<f64> = (0..10).map(|i| if i % 2 == 0 { 0.1 + 0.2 } else { 0.3 }).collect();
        assert!(Points::from_f64(&sums, 1).is_ok());
        let near: Vec<f64> = (0..10).flat_map(|i| [f64::from(i), 300.0 + f64::from(i)]).collect();
        assert!(Points::from_f64(&near, 2).is_ok());
    }
}
