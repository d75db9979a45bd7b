//! The two precisions that products are done in.

use std::ops::{AddAssign, Mul};

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};

use crate::exponential::{exponentials_32, exponentials_64};

/// The precision of products: `f32` or `f64`.
pub trait Working: ComplexField + Copy + Send + Sync + Default + AddAssign + Mul<Output = Self> {
    /// The nearest number.
    fn of(value: f64) -> Self;

    /// The same number in 64 bits.
    fn wide(self) -> f64;

    /// 1.
    #[must_use]
    fn one() -> Self {
        Self::of(1.0)
    }

    /// Replaces each number, none of which is positive, by its exponential.
    fn exponentials(values: &mut [Self]);

    /// This to a power of at most 2³¹ - 1.
    #[must_use]
    fn power(self, exponent: u32) -> Self;

    /// This, or 0 where it is positive.
    #[must_use]
    fn at_most_zero(self) -> Self;

    /// `to` = A B for `a` (m x n), `b` (n x k) and `to` (m x k), on the calling thread.
    fn multiply(to: MatMut<'_, Self>, a: MatRef<'_, Self>, b: MatRef<'_, Self>);

    /// The lower half, with the diagonal, of `to` = A B; the rest of `to` does not change.
    fn multiply_lower(to: MatMut<'_, Self>, a: MatRef<'_, Self>, b: MatRef<'_, Self>);
}

macro_rules! working {
    ($real:ty, $exponentials:ident) => {
        impl Working for $real {
            #[inline]
            fn of(value: f64) -> $real {
                value as $real
            }

            #[inline]
            fn wide(self) -> f64 {
                f64::from(self)
            }

            fn exponentials(values: &mut [$real]) {
                $exponentials(values);
            }

            #[inline]
            fn power(self, exponent: u32) -> $real {
                self.powi(exponent as i32)
            }

            #[inline]
            fn at_most_zero(self) -> $real {
                self.min(0.0)
            }

            fn multiply(to: MatMut<'_, $real>, a: MatRef<'_, $real>, b: MatRef<'_, $real>) {
                matmul(to, Accum::Replace, a, b, 1.0, Par::Seq);
            }

            fn multiply_lower(to: MatMut<'_, $real>, a: MatRef<'_, $real>, b: MatRef<'_, $real>) {
                let (lower, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
                triangular::matmul(to, lower, Accum::Replace, a, full, b, full, 1.0, Par::Seq);
            }
        }
    };
}

working!(f32, exponentials_32);
working!(f64, exponentials_64);
