//! The smallest eigenpairs of a sparse matrix without negative eigenvalues.
//!
//! Two routes. Where Cholesky factors of A + σ I stay sparse (graphs of surfaces, to millions of nodes) the
//! largest eigenpairs of its inverse are found in a few dozen solutions. Where they would fill (neighbors in
//! many dimensions) only products with A are taken: bases of polynomials of A, each steeper than the last
//! as the cut comes down to the wanted eigenvalues. Either way the vectors are rotated to eigenvectors of A
//! within their span at the end (Rayleigh-Ritz), and the residuals are measured on A.

use faer::Mat;

use super::factor::Inverse;
use super::filter::Filter;
use super::lanczos::Lanczos;
use super::sparse::{Sparse, WideOperator, in_fours};
use super::tall::{fix_signs, inner, lengths, product};
use super::{Eigenpairs, SymmetricOperator, Told};
use crate::{AlgebraError, eigen_ascending};

/// Numbers that the factors may hold for each number of the matrix.
const FILL: usize = 60;

/// Below this order the factors are small however dense they are.
const SMALL: usize = 1500;

/// How the eigenpairs are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Solver {
    /// By factors where they are predicted to stay sparse.
    #[default]
    Auto,
    /// By sparse Cholesky factors of the shifted matrix.
    Factors,
    /// By products only.
    Products,
}

/// What to look for, and how.
pub struct Smallest {
    /// Eigenpairs: from 1 to the order.
    pub count: usize,
    /// Residual relative to the largest eigenvalue.
    pub tolerance: f64,
    /// σ relative to the largest diagonal entry.
    pub shift: f64,
    /// By which route.
    pub solver: Solver,
    /// Of the first vectors.
    pub seed: u64,
}

impl Smallest {
    /// Of `matrix`, whose products `products` computes (itself, or its factors); ascending. Also returns the route. Fails as
    /// [`Lanczos::largest`] does.
    pub fn of(
        &self,
        matrix: &Sparse,
        products: &dyn WideOperator,
        told: Told<'_>,
    ) -> Result<(Eigenpairs, Solver), AlgebraError> {
        let n = matrix.order();
        if self.count == 0 || self.count > n {
            return Err(AlgebraError::Count { count: self.count, most: n });
        }
        let most = match self.solver {
            Solver::Products => None,
            Solver::Factors => Some(usize::MAX),
            Solver::Auto if n <= SMALL => Some(usize::MAX),
            Solver::Auto => {
                let fill = widest_level(matrix).pow(2);
                (fill <= FILL * matrix.columns.len()).then_some(FILL * matrix.columns.len())
            }
        };
        let diagonal =
            |i: usize| matrix.row(i).find(|&(j, _)| j as usize == i).map_or(0.0, |(_, value)| value);
        let largest = (0..n).map(diagonal).fold(0.0, f64::max);
        let scale = if largest > 0.0 { largest } else { 1.0 };
        let inverse = most.and_then(|most| Inverse::of(matrix, self.shift * scale, most));
        match inverse {
            Some(inverse) => {
                let lanczos = Lanczos::new(self.count).seed(self.seed).tolerance(self.tolerance.min(1e-9));
                let found = lanczos.relative().largest(&inverse, told)?;
                let (count, vectors) = (found.products, found.vectors);
                Ok((rayleigh_ritz(products, &vectors, self.count, count)?, Solver::Factors))
            }
            None => Ok((self.by_products(products, told)?, Solver::Products)),
        }
    }

    fn by_products(&self, matrix: &dyn WideOperator, told: Told<'_>) -> Result<Eigenpairs, AlgebraError> {
        let block = (self.count + 1).max(4);
        let largest = Lanczos::new(1).seed(self.seed).tolerance(1e-2).largest(&Plain(matrix), told)?;
        let top = (largest.values[0] + largest.residuals[0]) * 1.01;
        let mut products = largest.products;
        if top <= 0.0 {
            // The zero matrix: any vectors will do.
            let any = Lanczos::new(self.count).seed(self.seed).largest(&Plain(matrix), told)?;
            return rayleigh_ritz(matrix, &any.vectors, self.count, products);
        }
        let (mut cut, mut degree) = (top / 16.0, 4);
        let mut start = None;
        for round in 0..ROUNDS {
            let filter = Filter { matrix, cut, top, degree, block };
            let lanczos = Lanczos::new(block).seed(self.seed);
            let basis = lanczos.sweep(&filter, start.take(), STEPS)?;
            products += basis.products * degree;
            let found = rayleigh_ritz(matrix, &basis.vectors, basis.vectors.ncols(), products)?;
            // A residual is meaningful only while it is small relative to its eigenvalue.
            let bound = |j: usize| (self.tolerance * top).min(found.values[j] / 100.0).max(ROUNDING * top);
            let worst = found.residuals.iter().take(self.count).fold(0.0, |a: f64, &b| a.max(b));
            let done = (0..self.count).filter(|&j| found.residuals[j] <= bound(j)).count();
            if told(done, self.count).is_break() {
                return Err(AlgebraError::Canceled);
            }
            if done == self.count {
                return Ok(first(found, self.count));
            }
            if round + 1 == ROUNDS {
                let residual = worst / top;
                return Err(AlgebraError::NoConvergence {
                    what: "an eigensolver",
                    residual,
                    steps: products,
                });
            }
            // All Ritz values are above the eigenvalues they stand for: the last is a safe cut.
            cut = found.values.last().copied().unwrap_or(top).clamp(top * 1e-12, top / 4.0);
            degree = ((top / cut).sqrt() as usize).clamp(2, STEEPEST);
            start = Some(found.vectors);
        }
        Err(AlgebraError::NoConvergence { what: "an eigensolver", residual: f64::NAN, steps: products })
    }
}

/// What rounding in steep polynomials leaves of a residual, relative to the largest eigenvalue.
const ROUNDING: f64 = 1e-11;

/// Polynomials tried before giving up.
const ROUNDS: usize = 60;

/// Steps of a basis.
const STEPS: usize = 6;

/// Highest degree of a polynomial.
const STEEPEST: usize = 2000;

struct Plain<'a>(&'a dyn WideOperator);

impl SymmetricOperator for Plain<'_> {
    fn order(&self) -> usize {
        self.0.order()
    }

    fn apply(&self, x: faer::MatRef<'_, f64>, y: faer::MatMut<'_, f64>) {
        in_fours(x, y, |x| self.0.times(x));
    }
}

/// The `count` smallest eigenpairs of A within the span of orthonormal vectors.
fn rayleigh_ritz(
    matrix: &dyn WideOperator,
    vectors: &Mat<f64>,
    count: usize,
    products: usize,
) -> Result<Eigenpairs, AlgebraError> {
    let mut images = Mat::zeros(vectors.nrows(), vectors.ncols());
    in_fours(vectors.as_ref(), images.as_mut(), |x| matrix.times(x));
    let (values, small) = eigen_ascending(inner(vectors.as_ref(), images.as_ref()).as_ref())?;
    let small = small.as_ref().subcols(0, count);
    let mut rotated = product(vectors.as_ref(), small);
    let images = product(images.as_ref(), small);
    let rest = Mat::from_fn(images.nrows(), count, |i, j| images[(i, j)] - values[j] * rotated[(i, j)]);
    fix_signs(rotated.as_mut());
    Ok(Eigenpairs {
        values: values[..count].to_vec(),
        residuals: lengths(rest.as_ref()),
        vectors: rotated,
        products: products + vectors.ncols(),
    })
}

fn first(pairs: Eigenpairs, count: usize) -> Eigenpairs {
    let Eigenpairs { mut values, vectors, mut residuals, products } = pairs;
    values.truncate(count);
    residuals.truncate(count);
    Eigenpairs { values, vectors: vectors.as_ref().subcols(0, count).to_owned(), residuals, products }
}

/// Nodes of the widest level of a breadth-first walk: about the size of a separator, whose square the factors
/// hold at least.
fn widest_level(matrix: &Sparse) -> usize {
    let n = matrix.order();
    let mut seen = vec![false; n];
    let mut widest = 0;
    for start in 0..n {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut level = vec![start as u32];
        while !level.is_empty() {
            widest = widest.max(level.len());
            let mut next = Vec::new();
            for &node in &level {
                for (to, _) in matrix.row(node as usize) {
                    if !std::mem::replace(&mut seen[to as usize], true) {
                        next.push(to);
                    }
                }
            }
            level = next;
        }
    }
    widest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    fn go_on(_: usize, _: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// The Laplacian of a path of n nodes, times `scale`.
    fn path(n: usize, scale: f64) -> Sparse {
        let row = |i: usize| {
            let mut row = Vec::new();
            row.extend((i > 0).then(|| (i as u32 - 1, -scale)));
            row.push((i as u32, scale * f64::from(u8::from(i > 0) + u8::from(i + 1 < n))));
            row.extend((i + 1 < n).then_some((i as u32 + 1, -scale)));
            row
        };
        Sparse::from_rows(&(0..n).map(row).collect::<Vec<_>>())
    }

    fn smallest(count: usize, solver: Solver) -> Smallest {
        Smallest { count, tolerance: 1e-9, shift: 1e-9, solver, seed: 1 }
    }

    #[test]
    fn both_routes_find_the_eigenvalues_of_a_path() {
        for solver in [Solver::Auto, Solver::Factors, Solver::Products] {
            for (n, count, scale) in [(2, 2, 1.0), (9, 9, 1.0), (200, 3, 1e6), (700, 12, 1.0)] {
                let matrix = path(n, scale);
                let (found, used) = smallest(count, solver).of(&matrix, &matrix, &go_on).unwrap();
                assert!(used == solver || solver == Solver::Auto);
                for (i, value) in found.values.iter().enumerate() {
                    let angle = std::f64::consts::PI * i as f64 / n as f64;
                    let wanted = scale * (2.0 - 2.0 * angle.cos());
                    assert!(
                        (value - wanted).abs() < 1e-10 * scale,
                        "{solver:?}, {n}, {i}: {value}, {wanted}"
                    );
                    assert!(found.residuals[i] < 4e-9 * scale, "{solver:?}, {n}, {i}");
                }
            }
        }
    }

    #[test]
    fn factors_are_predicted_to_fill_where_levels_are_wide() {
        assert_eq!(widest_level(&path(50, 1.0)), 1);
        // A star: all leaves are one step away.
        let leaf = |i: u32| vec![(0, -1.0), (i, 1.0)];
        let center = (0..30).map(|i| (i, if i == 0 { 29.0 } else { -1.0 })).collect();
        let rows: Vec<_> = std::iter::once(center).chain((1..30).map(leaf)).collect();
        assert_eq!(widest_level(&Sparse::from_rows(&rows)), 29);
        assert!(Inverse::of(&path(50, 1.0), 1e-9, 10).is_none());
        // Not positive definite.
        assert!(Inverse::of(&path(50, -1.0), 1e-9, usize::MAX).is_none());
    }

    #[test]
    fn zero_matrices_have_zero_eigenvalues() {
        let zero = Sparse::from_rows(&vec![Vec::new(); 300]);
        for solver in [Solver::Factors, Solver::Products] {
            let (found, _) = smallest(3, solver).of(&zero, &zero, &go_on).unwrap();
            assert!(found.values.iter().chain(&found.residuals).all(|value| value.abs() < 1e-12));
        }
        for count in [0, 301] {
            let refused = smallest(count, Solver::Auto).of(&zero, &zero, &go_on).unwrap_err();
            assert_eq!(refused, AlgebraError::Count { count, most: 300 });
        }
    }
}
