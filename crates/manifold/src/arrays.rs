//! Tables of `ndarray` in and out: n rows of d columns, one row per point.
//!
//! ```
//! use manifold::embed::{Embedding, Fit, Pca};
//! use manifold::points::Points;
//! use manifold::progress::Silent;
//! use ndarray::{Array2, array};
//!
//! let table = array![[1.0_f32, 2.0], [3.0, 5.0], [4.0, 9.0]];
//! let points = Points::try_from(table.view())?;
//! assert_eq!(points.view(), table);
//! let map: Array2<f64> = Pca::new(1).fit(&points, &Silent)?.embedding().view().to_owned();
//! assert_eq!(map.dim(), (3, 1));
//! # Ok::<(), manifold::embed::EmbedError>(())
//! ```

use ndarray::{Array2, ArrayView2, aview2};

use crate::distance::{DistanceError, DistanceMatrix};
use crate::embed::{CrossDistances, EmbedError, Embedding, SquareDistances};
use crate::knn::NeighborLists;
use crate::points::{Points, PointsError};

/// How far the two halves of a square matrix may be apart, relative to the larger: rounding of 32-bit files.
const ASYMMETRY: f32 = 1e-6;

/// `values` row by row; the lengths agree wherever this is called.
fn table<T>(rows: usize, columns: usize, values: &[T]) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((rows, columns), values).unwrap_or_else(|_| aview2::<T, 0>(&[]))
}

/// One point per row.
impl TryFrom<ArrayView2<'_, f32>> for Points {
    type Error = PointsError;

    /// Fails as [`Points::new`].
    fn try_from(rows: ArrayView2<'_, f32>) -> Result<Points, PointsError> {
        Points::new(rows.iter().copied().collect(), rows.ncols())
    }
}

/// One point per row, rounded to 32 bits.
impl TryFrom<ArrayView2<'_, f64>> for Points {
    type Error = PointsError;

    /// Fails as [`Points::from_f64`].
    fn try_from(rows: ArrayView2<'_, f64>) -> Result<Points, PointsError> {
        Points::from_f64(&rows.iter().copied().collect::<Vec<_>>(), rows.ncols())
    }
}

impl Points {
    /// All values, n x d.
    #[must_use]
    pub fn view(&self) -> ArrayView2<'_, f32> {
        table(self.n(), self.dimensions(), self.values())
    }
}

/// One point per row.
impl TryFrom<ArrayView2<'_, f64>> for Embedding {
    type Error = EmbedError;

    /// Fails as [`Embedding::from_coordinates`].
    fn try_from(rows: ArrayView2<'_, f64>) -> Result<Embedding, EmbedError> {
        Embedding::from_coordinates(rows.ncols(), rows.iter().copied().collect())
    }
}

impl Embedding {
    /// All coordinates, n x dimensions.
    #[must_use]
    pub fn view(&self) -> ArrayView2<'_, f64> {
        table(self.n(), self.dimensions(), self.coordinates())
    }
}

impl From<&Embedding> for Array2<f64> {
    fn from(embedding: &Embedding) -> Array2<f64> {
        embedding.view().to_owned()
    }
}

/// A square matrix of distances.
impl TryFrom<ArrayView2<'_, f64>> for SquareDistances {
    type Error = EmbedError;

    /// Fails as [`SquareDistances::from_square`], and with [`EmbedError::NotSquare`].
    fn try_from(square: ArrayView2<'_, f64>) -> Result<SquareDistances, EmbedError> {
        let (rows, columns) = square.dim();
        if rows != columns {
            return Err(EmbedError::NotSquare { rows, columns });
        }
        SquareDistances::from_square(rows, &square.iter().copied().collect::<Vec<_>>())
    }
}

impl SquareDistances {
    /// All distances, n x n.
    #[must_use]
    pub fn view(&self) -> ArrayView2<'_, f64> {
        table(self.n(), self.n(), self.values())
    }
}

/// Distances from new things (rows) to old ones (columns).
impl TryFrom<ArrayView2<'_, f64>> for CrossDistances {
    type Error = EmbedError;

    /// Fails as [`CrossDistances::from_fn`].
    fn try_from(cross: ArrayView2<'_, f64>) -> Result<CrossDistances, EmbedError> {
        let (new, old) = cross.dim();
        CrossDistances::from_fn(new, old, |i, j| cross[(i, j)])
    }
}

/// A square, symmetric matrix of distances.
impl TryFrom<ArrayView2<'_, f32>> for DistanceMatrix {
    type Error = DistanceError;

    /// Fails as [`DistanceMatrix::from_upper`], and if the matrix is not square, not 0 on its diagonal, or
    /// differs from its transpose by more than a millionth. The upper triangle is taken.
    fn try_from(square: ArrayView2<'_, f32>) -> Result<DistanceMatrix, DistanceError> {
        let (rows, columns) = square.dim();
        if rows != columns {
            return Err(DistanceError::NotSquare { rows, columns });
        }
        for i in 0..rows {
            if square[(i, i)] != 0.0 {
                return Err(DistanceError::NotADistance { i, j: i, value: square[(i, i)] });
            }
            for j in i + 1..rows {
                let (one, other) = (square[(i, j)], square[(j, i)]);
                // Written so that NaN is refused as well.
                let same = (one - other).abs() <= ASYMMETRY * one.abs().max(other.abs());
                if !same {
                    return Err(DistanceError::Asymmetric { i, j, one, other });
                }
            }
        }
        DistanceMatrix::from_fn(rows, |i, j| square[(i, j)])
    }
}

impl From<&DistanceMatrix> for Array2<f32> {
    /// The whole matrix, n x n.
    fn from(distances: &DistanceMatrix) -> Array2<f32> {
        Array2::from_shape_fn((distances.n(), distances.n()), |(i, j)| distances.get(i, j))
    }
}

impl NeighborLists {
    /// All indices, n x k: row i holds the neighbors of point i, the nearest first.
    #[must_use]
    pub fn index_view(&self) -> ArrayView2<'_, u32> {
        table(self.n(), self.k(), self.all_indices())
    }

    /// The distances that go with [`index_view`](NeighborLists::index_view).
    #[must_use]
    pub fn distance_view(&self) -> ArrayView2<'_, f32> {
        table(self.n(), self.k(), self.all_distances())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::knn::Knn;
    use crate::progress::Silent;
    use ndarray::{array, s};

    #[test]
    fn tables_come_back_in_any_layout() {
        let table = array![[1.0_f32, 2.0, 3.0], [4.0, 5.0, 7.0]];
        let points = Points::try_from(table.view()).unwrap();
        assert_eq!((points.view(), points.row(1)), (table.view(), &[4.0, 5.0, 7.0][..]));
        // Transposed and cut: neither contiguous nor in row order.
        let points = Points::try_from(table.t().slice(s![..;2, ..])).unwrap();
        assert_eq!(points.view(), array![[1.0, 4.0], [3.0, 7.0]]);
        let wide = table.mapv(f64::from);
        assert_eq!(Points::try_from(wide.view()).unwrap().view(), table);
        let embedding = Embedding::try_from(wide.view()).unwrap();
        assert_eq!((embedding.view(), Array2::from(&embedding)), (wide.view(), wide.clone()));
        let refused = Points::try_from(Array2::<f32>::zeros((0, 3)).view());
        assert_eq!(refused, Err(PointsError::Empty));
        let refused = Points::try_from(array![[0.0, f32::NAN]].view()).unwrap_err();
        assert!(matches!(refused, PointsError::NotFinite { row: 0, column: 1, .. }));
    }

    #[test]
    fn squares_are_checked() {
        let square = array![[0.0, 1.0, 2.0], [1.0, 0.0, 1.5], [2.0, 1.5, 0.0]];
        assert_eq!(SquareDistances::try_from(square.view()).unwrap().view(), square);
        let refused = SquareDistances::try_from(square.slice(s![..2, ..]));
        assert_eq!(refused, Err(EmbedError::NotSquare { rows: 2, columns: 3 }));
        assert_eq!(CrossDistances::try_from(square.slice(s![..2, ..])).unwrap().row(1), [1.0, 0.0, 1.5]);
        let short = square.mapv(|d| d as f32);
        let matrix = DistanceMatrix::try_from(short.view()).unwrap();
        assert_eq!((matrix.upper(), Array2::from(&matrix)), (&[1.0, 2.0, 1.5][..], short.clone()));
        let with = |at: (usize, usize), value: f32| {
            let mut square = short.clone();
            square[at] = value;
            DistanceMatrix::try_from(square.view()).unwrap_err()
        };
        assert_eq!(with((1, 1), 0.5), DistanceError::NotADistance { i: 1, j: 1, value: 0.5 });
        assert_eq!(with((2, 1), 1.6), DistanceError::Asymmetric { i: 1, j: 2, one: 1.5, other: 1.6 });
        assert!(matches!(with((2, 1), f32::NAN), DistanceError::Asymmetric { i: 1, j: 2, .. }));
        let refused = DistanceMatrix::try_from(short.slice(s![.., ..2])).unwrap_err();
        assert_eq!(refused, DistanceError::NotSquare { rows: 3, columns: 2 });
    }

    #[test]
    fn lists_are_rows() {
        let points = Points::new(vec![0.0, 1.0, 3.0], 1).unwrap();
        let lists = Knn::new(NonZeroUsize::MIN).fit(&points, &Silent).unwrap();
        assert_eq!(lists.index_view(), array![[1], [0], [1]]);
        assert_eq!(lists.distance_view(), array![[1.0], [1.0], [2.0]]);
    }
}
