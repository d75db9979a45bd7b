//! Classical multidimensional scaling.
//!
//! From distances D (n x n, symmetric, zero diagonal): B = -1/2 J D² J with D² taken elementwise
//! and J = I - 11ᵀ/n (double centering); with B = Σ λ_i v_i v_iᵀ, λ_1 >= λ_2 >= …, coordinate i of
//! the embedding is √λ_i v_i. If D is Euclidean of dimension at most d, the d-dimensional
//! embedding has exactly these distances. Negative eigenvalues (D not Euclidean) give a
//! coordinate of zeros and are reported unchanged. Signs: the component of largest magnitude of
//! each v_i is positive (the first of them where several are equal).
//!
//! A new point with squared distances δ to the old ones, whose mean squared distances to each other are
//! r (one for each), is placed at y_i = v_iᵀ(r - δ) / (2 √λ_i) (Gower 1968).
//! Source: Torgerson, Psychometrika 17 (1952); Gower, Biometrika 53 (1966) and 55 (1968).
//!
//! The whole spectrum costs n³ by a sequential dense solver, and is taken if n is at most 400 or it is
//! requested; a few eigenpairs cost a few dozen products with B.

use std::ops::ControlFlow;

use algebra::spectrum::{Dense, Lanczos};
use algebra::{MatRef, eigen};
use rayon::prelude::*;

use super::spectrum::largest;
use super::{CrossDistances, EmbedError, Embedding, SquareDistances};
use crate::checked::{checked, finite, not_negative};
use crate::embed::{Fit, Transform};
use crate::progress::{Progress, Silent, Stage};

/// Order up to which the whole spectrum is found quickly.
const SMALL: usize = 400;
/// Residual of an eigenpair relative to the largest eigenvalue; the eigenvalue's error is its square.
const TOLERANCE: f64 = 1e-9;

/// Settings of classical scaling.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassicalMds {
    dimensions: usize,
    full_spectrum: bool,
}

checked! {
    /// What classical scaling gives.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ClassicalMdsModel {
        embedding: Embedding,
        eigenvalues: Vec<f64>,
        means: Vec<f64>,
        squares: f64,
        trace: f64,
    }
}

impl ClassicalMds {
    /// Into `dimensions` dimensions: 1 to n. As many eigenvalues as are cheap.
    #[must_use]
    pub fn new(dimensions: usize) -> ClassicalMds {
        ClassicalMds { dimensions, full_spectrum: false }
    }

    /// Whether all n eigenvalues are computed even if that takes long.
    #[must_use]
    pub fn full_spectrum(self, full_spectrum: bool) -> ClassicalMds {
        ClassicalMds { full_spectrum, ..self }
    }
}

impl Fit<SquareDistances> for ClassicalMds {
    type Model = ClassicalMdsModel;

    /// Points whose distances come near `distances`.
    fn fit(
        &self,
        distances: &SquareDistances,
        progress: &dyn Progress,
    ) -> Result<ClassicalMdsModel, EmbedError> {
        let (n, dimensions) = (distances.n(), self.dimensions);
        if dimensions == 0 || dimensions > n {
            return Err(EmbedError::Dimensions { dimensions, most: n });
        }
        if n < 2 {
            return Err(EmbedError::TooFew { n, needed: 2 });
        }
        if (0..n).all(|i| distances.row(i).iter().all(|&d| d == 0.0)) {
            return Err(EmbedError::Coincide);
        }
        if let ControlFlow::Break(()) = progress.advance(Stage::EIGENVECTORS, 0, Some(1)) {
            return Err(EmbedError::Canceled);
        }
        let (centered, means) = doubly_centered(distances);
        let (eigenvalues, vectors) = if self.full_spectrum || n <= SMALL || 8 * dimensions > n {
            let found = eigen(MatRef::from_row_major_slice(&centered, n, n))?;
            (found.values, found.vectors)
        } else {
            let found = largest(
                &Lanczos::new(dimensions).tolerance(TOLERANCE),
                &Dense { n, values: &centered },
                &Silent,
            )?;
            (found.values, found.vectors)
        };
        let lengths: Vec<f64> = eigenvalues[..dimensions].iter().map(|value| value.max(0.0).sqrt()).collect();
        let place = |at: usize| vectors[(at / dimensions, at % dimensions)] * lengths[at % dimensions];
        let embedding = Embedding::computed(dimensions, (0..n * dimensions).map(place).collect())?;
        let of_row = |row: &[f64]| row.iter().map(|b| b * b).sum::<f64>();
        let squares = centered.par_chunks(n).map(of_row).collect::<Vec<f64>>().iter().sum();
        let trace = centered.iter().step_by(n + 1).sum();
        if let ControlFlow::Break(()) = progress.advance(Stage::EIGENVECTORS, 1, Some(1)) {
            return Err(EmbedError::Canceled);
        }
        Ok(ClassicalMdsModel { embedding, eigenvalues, means, squares, trace })
    }
}

impl ClassicalMdsModel {
    fn is_whole(&self) -> bool {
        self.eigenvalues.len() >= self.embedding.dimensions()
            && self.means.len() == self.embedding.n()
            && finite(&self.eigenvalues)
            && not_negative(&self.means)
            && not_negative(&[self.squares])
            && self.trace.is_finite()
    }

    /// Coordinates of the points it was fitted on.
    #[must_use]
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Eigenvalues of the centered matrix, descending: all n of them, or as many as there are dimensions
    /// (see [`ClassicalMds::full_spectrum`]); negative ones measure how far the distances are from Euclidean.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// Sum of all n eigenvalues, whether they were computed or not.
    #[must_use]
    pub fn trace(&self) -> f64 {
        self.trace
    }

    /// Root of Σ (B - YYᵀ)² / Σ B², the part of the centered matrix that the embedding misses: from 0 to 1.
    #[must_use]
    pub fn strain(&self) -> f64 {
        let kept = &self.eigenvalues[..self.embedding.dimensions()];
        let explained: f64 = kept.iter().map(|value| value.max(0.0).powi(2)).sum();
        if self.squares > 0.0 { ((self.squares - explained) / self.squares).max(0.0).sqrt() } else { 0.0 }
    }
}

impl Transform<CrossDistances> for ClassicalMdsModel {
    /// Places new things by their distances to the old ones.
    fn transform(
        &self,
        distances: &CrossDistances,
        _progress: &dyn Progress,
    ) -> Result<Embedding, EmbedError> {
        let (n, dimensions) = (self.embedding.n(), self.embedding.dimensions());
        if distances.old_things() != n {
            return Err(EmbedError::NewPoints { given: distances.old_things(), wanted: n });
        }
        let least = f64::EPSILON * n as f64 * self.eigenvalues[0];
        let mut coordinates = vec![0.0; distances.new_things() * dimensions];
        coordinates.par_chunks_exact_mut(dimensions).enumerate().for_each(|(new, place)| {
            for (j, &d) in distances.row(new).iter().enumerate() {
                let shift = 0.5 * (self.means[j] - d * d);
                place.iter_mut().zip(self.embedding.point(j)).for_each(|(to, y)| *to += shift * y);
            }
            for (place, &value) in place.iter_mut().zip(&self.eigenvalues) {
                *place = if value > least { *place / value } else { 0.0 };
            }
        });
        Embedding::computed(dimensions, coordinates)
    }
}

/// B row by row, and the mean of each row of D².
fn doubly_centered(distances: &SquareDistances) -> (Vec<f64>, Vec<f64>) {
    let n = distances.n();
    let means: Vec<f64> = (0..n)
        .into_par_iter()
        .map(|i| distances.row(i).iter().map(|d| d * d).sum::<f64>() / n as f64)
        .collect();
    let mean = means.iter().sum::<f64>() / n as f64;
    let mut centered = vec![0.0; n * n];
    centered.par_chunks_mut(n).enumerate().for_each(|(i, row)| {
        let pairs = row.iter_mut().zip(distances.row(i)).zip(&means);
        // Both means are added first, so that both halves are the same to the bit.
        pairs.for_each(|((to, d), of)| *to = -0.5 * (d * d - (of + means[i]) + mean));
    });
    (centered, means)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(n: usize, dimensions: usize) -> Vec<f64> {
        // Each axis is half as wide as the one before, so that no two eigenvalues are close.
        (0..n * dimensions)
            .map(|i| ((i * i) as f64 * 0.7 + i as f64).sin() / f64::from(1 << (i % dimensions)))
            .collect()
    }

    fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    fn distances_of(values: &[f64], dimensions: usize) -> SquareDistances {
        let point = |i: usize| &values[i * dimensions..(i + 1) * dimensions];
        SquareDistances::from_fn(values.len() / dimensions, |i, j| distance(point(i), point(j))).unwrap()
    }

    fn fit(distances: &SquareDistances, dimensions: usize) -> Result<ClassicalMdsModel, EmbedError> {
        ClassicalMds::new(dimensions).fit(distances, &Silent)
    }

    #[test]
    fn euclidean_distances_come_back() {
        for (n, dimensions) in [(2, 1), (3, 2), (17, 3), (60, 2), (120, 5), (450, 3)] {
            let given = distances_of(&cloud(n, dimensions), dimensions);
            let model = fit(&given, dimensions).unwrap();
            let back = distances_of(model.embedding().coordinates(), dimensions);
            for i in 0..n {
                for j in 0..n {
                    assert!((given.get(i, j) - back.get(i, j)).abs() < 1e-7, "{n} {dimensions}");
                }
            }
            assert!(model.eigenvalues()[dimensions..].iter().all(|value| value.abs() < 1e-9));
            assert!(model.strain() < 1e-6);
            assert!((model.trace() / model.eigenvalues().iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn few_eigenpairs_are_those_of_the_full_spectrum() {
        // Not Euclidean.
        let given = SquareDistances::from_fn(600, |i, j| {
            1.0 + (i as f64 * 0.01 - j as f64 * 0.01).abs() + ((i * 31 + j * 17) as f64).sin().abs()
        })
        .unwrap();
        let few = fit(&given, 3).unwrap();
        let all = ClassicalMds::new(3).full_spectrum(true).fit(&given, &Silent).unwrap();
        assert_eq!((few.eigenvalues().len(), all.eigenvalues().len()), (3, 600));
        for (a, b) in few.embedding().coordinates().iter().zip(all.embedding().coordinates()) {
            assert!((a - b).abs() < 1e-6);
        }
        assert!((few.strain() - all.strain()).abs() < 1e-9 && few.strain() > 0.1);
    }

    #[test]
    fn new_points_find_their_places() {
        let values = cloud(90, 2);
        let (old, new) = values.split_at(160);
        let model = fit(&distances_of(old, 2), 2).unwrap();
        let cross = |from: &[f64]| {
            let row = |values: &[f64], i: usize| [values[2 * i], values[2 * i + 1]];
            CrossDistances::from_fn(from.len() / 2, 80, |i, j| distance(&row(from, i), &row(old, j))).unwrap()
        };
        let again = model.transform(&cross(old), &Silent).unwrap();
        for (a, b) in again.coordinates().iter().zip(model.embedding().coordinates()) {
            assert!((a - b).abs() < 1e-9);
        }
        let placed = model.transform(&cross(new), &Silent).unwrap();
        for i in 0..10 {
            for j in 0..80 {
                let found = distance(placed.point(i), model.embedding().point(j));
                assert!((found - cross(new).row(i)[j]).abs() < 1e-9);
            }
        }
        let other = CrossDistances::from_fn(1, 3, |_, _| 1.0).unwrap();
        let wanted = EmbedError::NewPoints { given: 3, wanted: 80 };
        assert_eq!(model.transform(&other, &Silent), Err(wanted));
    }

    #[test]
    fn coordinates_are_centered_and_signed() {
        let embedding = fit(&distances_of(&cloud(40, 2), 2), 2).unwrap();
        for axis in 0..2 {
            let column: Vec<f64> = (0..40).map(|i| embedding.embedding().point(i)[axis]).collect();
            assert!(column.iter().sum::<f64>().abs() < 1e-9);
            let largest = column.iter().fold(0.0f64, |a, &b| if b.abs() > a.abs() { b } else { a });
            assert!(largest > 0.0);
        }
    }

    #[test]
    fn distances_that_are_not_euclidean_show_negative_eigenvalues() {
        // A star: the center at 1 from three leaves that are 2 from each other cannot be flat.
        let star = SquareDistances::from_upper(4, &[1.0, 1.0, 1.0, 2.0, 2.0, 2.0]).unwrap();
        let embedding = fit(&star, 4).unwrap();
        assert!(embedding.eigenvalues()[3] < -0.1);
        assert!((0..4).all(|i| embedding.embedding().point(i)[3] == 0.0));
    }

    #[test]
    fn nonsense_is_refused() {
        let wrong = SquareDistances::from_upper(3, &[1.0, 2.0]);
        assert_eq!(wrong, Err(EmbedError::Shape { n: 3, values: 2 }));
        for distance in [-1.0, f64::INFINITY] {
            let refused = SquareDistances::from_upper(2, &[distance]);
            assert_eq!(refused, Err(EmbedError::Distance { i: 0, j: 1, distance }));
        }
        assert!(SquareDistances::from_upper(2, &[f64::NAN]).is_err());
        let two = SquareDistances::from_upper(2, &[1.0]).unwrap();
        for dimensions in [0, 3] {
            assert_eq!(fit(&two, dimensions), Err(EmbedError::Dimensions { dimensions, most: 2 }));
        }
        assert!(fit(&SquareDistances::from_upper(0, &[]).unwrap(), 1).is_err());
    }
}
