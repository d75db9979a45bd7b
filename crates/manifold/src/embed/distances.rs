//! Distances as the input of a method.

use rayon::prelude::*;

use super::EmbedError;
use crate::points::Points;

/// Rows that are worth a task of their own.
const ROWS: usize = 16;

/// Distances between n things: symmetric, finite, not negative, zero from each to itself.
#[derive(Clone, Debug, PartialEq)]
pub struct SquareDistances {
    n: usize,
    values: Vec<f64>,
}

/// Distances from m new things to n old ones.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossDistances {
    old: usize,
    values: Vec<f64>,
}

fn is_distance(d: f64) -> bool {
    d.is_finite() && d >= 0.0
}

fn euclidean(a: &[f32], b: &[f32]) -> f64 {
    // Eight sums side by side: a single sum would be one long chain of additions.
    let mut sums = [0.0; 8];
    let (wholes_a, rest_a) = a.as_chunks::<8>();
    let (wholes_b, rest_b) = b.as_chunks::<8>();
    for (a, b) in wholes_a.iter().zip(wholes_b) {
        for lane in 0..8 {
            let difference = f64::from(a[lane]) - f64::from(b[lane]);
            sums[lane] += difference * difference;
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    (sums.iter().sum::<f64>() + rest).sqrt()
}

impl SquareDistances {
    /// `distance(i, j)` is called once for each pair i < j, row by row.
    pub fn from_fn(
        n: usize,
        mut distance: impl FnMut(usize, usize) -> f64,
    ) -> Result<SquareDistances, EmbedError> {
        let mut values = vec![0.0; n * n];
        for i in 0..n {
            for j in i + 1..n {
                let d = distance(i, j);
                if !is_distance(d) {
                    return Err(EmbedError::Distance { i, j, distance: d });
                }
                values[i * n + j] = d;
                values[j * n + i] = d;
            }
        }
        Ok(SquareDistances { n, values })
    }

    /// From the strict upper triangle, row by row: (0,1), (0,2), …, (1,2), …
    pub fn from_upper(n: usize, upper: &[f64]) -> Result<SquareDistances, EmbedError> {
        if upper.len() != n * n.saturating_sub(1) / 2 {
            return Err(EmbedError::Shape { n, values: upper.len() });
        }
        let mut next = upper.iter();
        SquareDistances::from_fn(n, |_, _| next.next().copied().unwrap_or(f64::NAN))
    }

    /// From all n² values, row by row. Both halves must agree to 1e-6 of the larger (files often hold 32 bits);
    /// their mean is taken.
    pub fn from_square(n: usize, square: &[f64]) -> Result<SquareDistances, EmbedError> {
        if square.len() != n * n {
            return Err(EmbedError::Shape { n, values: square.len() });
        }
        for i in 0..n {
            if square[i * n + i] != 0.0 {
                return Err(EmbedError::Distance { i, j: i, distance: square[i * n + i] });
            }
            for j in i + 1..n {
                let (one, other) = (square[i * n + j], square[j * n + i]);
                if let Some(&distance) = [one, other].iter().find(|&&d| !is_distance(d)) {
                    return Err(EmbedError::Distance { i, j, distance });
                }
                if (one - other).abs() > 1e-6 * one.max(other) {
                    return Err(EmbedError::Asymmetric { i, j, one, other });
                }
            }
        }
        SquareDistances::from_fn(n, |i, j| 0.5 * (square[i * n + j] + square[j * n + i]))
    }

    /// Euclidean distances between points, summed in 64 bits.
    #[must_use]
    pub fn from_points(points: &Points) -> SquareDistances {
        let n = points.n();
        let mut values = vec![0.0; n * n];
        values.par_chunks_mut(ROWS * n).enumerate().for_each(|(chunk, rows)| {
            for (at, row) in rows.chunks_exact_mut(n).enumerate() {
                let i = chunk * ROWS + at;
                // The sum of squares is the same to the bit from either side.
                row.iter_mut().enumerate().for_each(|(j, d)| *d = euclidean(points.row(i), points.row(j)));
            }
        });
        SquareDistances { n, values }
    }

    /// Number of things.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Distance from `i` to `j`, both below n.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.n + j]
    }

    /// All n² distances, row by row.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Distances from `i` to all.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.n..(i + 1) * self.n]
    }
}

impl CrossDistances {
    /// `distance(i, j)` from new thing i of `new` to old thing j of `old`, row by row.
    pub fn from_fn(
        new: usize,
        old: usize,
        mut distance: impl FnMut(usize, usize) -> f64,
    ) -> Result<CrossDistances, EmbedError> {
        let mut values = Vec::with_capacity(new * old);
        for i in 0..new {
            for j in 0..old {
                let d = distance(i, j);
                if !is_distance(d) {
                    return Err(EmbedError::Distance { i, j, distance: d });
                }
                values.push(d);
            }
        }
        Ok(CrossDistances { old, values })
    }

    /// Euclidean distances from new points to old ones.
    pub fn from_points(new: &Points, old: &Points) -> Result<CrossDistances, EmbedError> {
        if new.dimensions() != old.dimensions() {
            return Err(EmbedError::NewPoints { given: new.dimensions(), wanted: old.dimensions() });
        }
        CrossDistances::from_fn(new.n(), old.n(), |i, j| euclidean(new.row(i), old.row(j)))
    }

    /// Number of new things.
    #[must_use]
    pub fn new_things(&self) -> usize {
        self.values.len() / self.old.max(1)
    }

    /// Number of old things.
    #[must_use]
    pub fn old_things(&self) -> usize {
        self.old
    }

    /// Distances from new thing `i` to all old ones.
    #[must_use]
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.old..(i + 1) * self.old]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_give_their_distances() {
        let points = Points::new((0..37 * 21).map(|i| (i as f32 * 0.37).sin()).collect(), 21).unwrap();
        let distances = SquareDistances::from_points(&points);
        let cross = CrossDistances::from_points(&points, &points).unwrap();
        for i in 0..37 {
            for j in 0..37 {
                let wanted = points.squared_distance(i, j).sqrt();
                assert!((distances.get(i, j) - wanted).abs() < 1e-12);
                assert_eq!(distances.get(i, j), distances.get(j, i));
                assert_eq!(cross.row(i)[j], distances.get(i, j));
            }
        }
    }

    #[test]
    fn squares_are_checked() {
        let good = [0.0, 1.0, 2.0, 1.0, 0.0, 1.5, 2.0, 1.5, 0.0];
        let square = SquareDistances::from_square(3, &good).unwrap();
        assert_eq!(square, SquareDistances::from_upper(3, &[1.0, 2.0, 1.5]).unwrap());
        let with = |at: usize, value: f64| {
            let mut square = good;
            square[at] = value;
            SquareDistances::from_square(3, &square).unwrap_err()
        };
        assert_eq!(with(4, 0.5), EmbedError::Distance { i: 1, j: 1, distance: 0.5 });
        assert_eq!(with(5, -1.0), EmbedError::Distance { i: 1, j: 2, distance: -1.0 });
        assert_eq!(with(7, f64::INFINITY), EmbedError::Distance { i: 1, j: 2, distance: f64::INFINITY });
        assert_eq!(with(7, 1.6), EmbedError::Asymmetric { i: 1, j: 2, one: 1.5, other: 1.6 });
        let shape = EmbedError::Shape { n: 2, values: 9 };
        assert_eq!(SquareDistances::from_square(2, &good), Err(shape));
    }
}
