//! Distances as the input of a method.

use super::EmbedError;

/// Distances between n things: symmetric, finite, not negative, zero from each to itself.
#[derive(Clone, Debug, PartialEq)]
pub struct SquareDistances {
    n: usize,
    values: Vec<f64>,
}

impl SquareDistances {
    /// `distance(i, j)` is asked once for each pair i < j, row by row.
    pub fn from_fn(
        n: usize,
        mut distance: impl FnMut(usize, usize) -> f64,
    ) -> Result<SquareDistances, EmbedError> {
        let mut values = vec![0.0; n * n];
        for i in 0..n {
            for j in i + 1..n {
                let d = distance(i, j);
                if !(d.is_finite() && d >= 0.0) {
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

    pub fn n(&self) -> usize {
        self.n
    }

    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.n + j]
    }
}
