//! Classical multidimensional scaling.
//!
//! From distances D (n x n, symmetric, zero diagonal): B = -1/2 J D² J with D² taken elementwise
//! and J = I - 11ᵀ/n (double centring); with B = Σ λ_i v_i v_iᵀ, λ_1 >= λ_2 >= …, coordinate i of
//! the embedding is √λ_i v_i. If D is Euclidean of dimension at most d, the d-dimensional
//! embedding has exactly these distances. Negative eigenvalues (D not Euclidean) give a
//! coordinate of zeros and are reported as they are. Signs: the component of largest magnitude of
//! each v_i is positive (the first of them where several are equal).
//! Source: Torgerson, Multidimensional scaling I, Psychometrika 17 (1952); Gower, Biometrika 53
//! (1966). The eigenvectors come from a sequential dense solver, so that the result does not
//! depend on the number of threads.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, EvdError, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, Par};

use super::{EmbedError, Embedding, SquareDistances};

/// What classical scaling gives.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassicalMds {
    embedding: Embedding,
    eigenvalues: Vec<f64>,
}

impl ClassicalMds {
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// All n eigenvalues of the centred matrix, descending; negative ones measure how far the
    /// distances are from Euclidean.
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }
}

/// Points whose distances come near `distances`.
pub fn classical_mds(distances: &SquareDistances, dimensions: usize) -> Result<ClassicalMds, EmbedError> {
    let n = distances.n();
    if dimensions == 0 || dimensions > n {
        return Err(EmbedError::Dimensions { dimensions, most: n });
    }
    let (ascending, vectors) = eigen(&doubly_centred(distances)).map_err(|_| EmbedError::NoConvergence {
        what: "the eigenvalues",
        residual: f64::NAN,
        steps: 0,
    })?;
    let eigenvalues: Vec<f64> = ascending.iter().rev().copied().collect();
    let mut coordinates = vec![0.0; n * dimensions];
    for axis in 0..dimensions {
        let vector = vectors.col(n - 1 - axis);
        let largest =
            (0..n).fold(0.0, |best: f64, i| if vector[i].abs() > best.abs() { vector[i] } else { best });
        let length = eigenvalues[axis].max(0.0).sqrt();
        for i in 0..n {
            coordinates[i * dimensions + axis] = vector[i] * length * largest.signum();
        }
    }
    Ok(ClassicalMds { embedding: Embedding::new(dimensions, coordinates), eigenvalues })
}

fn doubly_centred(distances: &SquareDistances) -> Mat<f64> {
    let n = distances.n();
    let square = |i: usize, j: usize| distances.get(i, j) * distances.get(i, j);
    let means: Vec<f64> = (0..n).map(|i| (0..n).map(|j| square(i, j)).sum::<f64>() / n as f64).collect();
    let mean = means.iter().sum::<f64>() / n as f64;
    Mat::from_fn(n, n, |i, j| -0.5 * (square(i, j) - means[i] - means[j] + mean))
}

/// Eigenvalues, ascending, and eigenvectors as columns in the same order.
fn eigen(matrix: &Mat<f64>) -> Result<(Vec<f64>, Mat<f64>), EvdError> {
    let n = matrix.nrows();
    let mut values = Diag::<f64>::zeros(n);
    let mut vectors = Mat::<f64>::zeros(n, n);
    let scratch = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    self_adjoint_evd(
        matrix.as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut memory),
        Default::default(),
    )?;
    Ok((values.column_vector().iter().copied().collect(), vectors))
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

    fn distances_of(values: &[f64], dimensions: usize) -> SquareDistances {
        let point = |i: usize| &values[i * dimensions..(i + 1) * dimensions];
        SquareDistances::from_fn(values.len() / dimensions, |i, j| {
            point(i).iter().zip(point(j)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        })
        .unwrap()
    }

    #[test]
    fn euclidean_distances_come_back() {
        for (n, dimensions) in [(2, 1), (3, 2), (17, 3), (60, 2), (120, 5)] {
            let given = distances_of(&cloud(n, dimensions), dimensions);
            let embedding = classical_mds(&given, dimensions).unwrap();
            let back = distances_of(embedding.embedding().coordinates(), dimensions);
            for i in 0..n {
                for j in 0..n {
                    assert!((given.get(i, j) - back.get(i, j)).abs() < 1e-9, "{n} {dimensions}");
                }
            }
            assert!(embedding.eigenvalues()[dimensions..].iter().all(|value| value.abs() < 1e-9));
        }
    }

    #[test]
    fn coordinates_are_centred_and_signed() {
        let embedding = classical_mds(&distances_of(&cloud(40, 2), 2), 2).unwrap();
        for axis in 0..2 {
            let column: Vec<f64> = (0..40).map(|i| embedding.embedding().point(i)[axis]).collect();
            assert!(column.iter().sum::<f64>().abs() < 1e-9);
            let largest = column.iter().fold(0.0f64, |a, &b| if b.abs() > a.abs() { b } else { a });
            assert!(largest > 0.0);
        }
    }

    #[test]
    fn distances_that_are_not_euclidean_show_negative_eigenvalues() {
        // A star: the centre at 1 from three leaves that are 2 from each other can not be flat.
        let star = SquareDistances::from_upper(4, &[1.0, 1.0, 1.0, 2.0, 2.0, 2.0]).unwrap();
        let embedding = classical_mds(&star, 4).unwrap();
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
            assert_eq!(classical_mds(&two, dimensions), Err(EmbedError::Dimensions { dimensions, most: 2 }));
        }
        assert!(classical_mds(&SquareDistances::from_upper(0, &[]).unwrap(), 1).is_err());
    }

    #[cfg(feature = "lapack")]
    #[test]
    fn lapack_finds_the_same_eigenvectors() {
        use ndarray_linalg::{Eigh, UPLO};
        for n in [2, 3, 10, 65, 150] {
            // Not Euclidean, so that the whole spectrum is in play.
            let distances =
                SquareDistances::from_fn(n, |i, j| 1.0 + ((i * 31 + j * 17) as f64).sin().abs()).unwrap();
            let matrix = doubly_centred(&distances);
            let (values, vectors) = eigen(&matrix).unwrap();
            let copy = ndarray::Array2::from_shape_fn((n, n), |(i, j)| matrix[(i, j)]);
            let (wanted, wanted_vectors) = copy.eigh(UPLO::Lower).unwrap();
            for i in 0..n {
                assert!((values[i] - wanted[i]).abs() < 1e-10 * n as f64, "eigenvalue {i} of {n}");
                let gap = (0..n).filter(|&j| j != i).map(|j| (wanted[i] - wanted[j]).abs());
                if gap.fold(f64::INFINITY, f64::min) > 1e-4 {
                    let dot: f64 = (0..n).map(|r| vectors[(r, i)] * wanted_vectors[(r, i)]).sum();
                    assert!((dot.abs() - 1.0).abs() < 1e-8, "eigenvector {i} of {n}");
                }
            }
        }
    }
}
