//! Products of a tall or large matrix with a matrix of few columns.
//!
//! General kernels pack the large matrix first, which for ten columns costs several times the product.
//! Here eight of its rows are taken at a time, and a strip of the small matrix, one or two registers wide,
//! stays in cache.

use multiversion::multiversion;

use crate::Working;

/// Rows of the large matrix at a time.
const TALL: usize = 8;
/// Rows and columns that are transposed at a time.
const BLOCK: usize = 16;

/// A precision with kernels for few columns.
pub trait Skinny: Working {
    /// to = A B for the row-major `a` (rows x d), `b` (d x k) and `to` (rows x k).
    fn times(a: &[Self], d: usize, b: &[Self], k: usize, to: &mut [Self]);

    /// to = AᵀB for the row-major `a` (rows x d), `b` (rows x k) and `to` (d x k).
    fn transposed_times(a: &[Self], d: usize, b: &[Self], k: usize, to: &mut [Self]) {
        Self::times(&transposed(a, d), a.len() / d, b, k, to);
    }

    /// to = row - center.
    fn less(row: &[f32], center: &[f64], to: &mut [Self]);
}

/// The transpose (d x rows) of a row-major matrix (rows x d), block by block.
pub fn transposed<T: Working>(a: &[T], d: usize) -> Vec<T> {
    let rows = a.len() / d;
    let mut to = vec![T::default(); a.len()];
    for top in (0..rows).step_by(BLOCK) {
        let bottom = (top + BLOCK).min(rows);
        for left in (0..d).step_by(BLOCK) {
            for j in left..(left + BLOCK).min(d) {
                let column = a[top * d + j..].iter().step_by(d);
                to[j * rows + top..j * rows + bottom].iter_mut().zip(column).for_each(|(to, &x)| *to = x);
            }
        }
    }
    to
}

macro_rules! skinny {
    ($real:ty, $wide:literal, $times:ident, $less:ident, $group:ident) => {
        impl Skinny for $real {
            fn times(a: &[$real], d: usize, b: &[$real], k: usize, to: &mut [$real]) {
                $times(a, d, &strips(b, k), k, to);
            }

            fn less(row: &[f32], center: &[f64], to: &mut [$real]) {
                $less(row, center, to);
            }
        }

        /// Products of eight rows with a strip.
        #[inline(always)]
        fn $group(rows: [&[$real]; TALL], strip: &[[$real; $wide]]) -> [[$real; $wide]; TALL] {
            let rows = rows.map(|row| &row[..strip.len()]);
            let mut sums = [[0.0; $wide]; TALL];
            for (p, b) in strip.iter().enumerate() {
                for (sums, row) in sums.iter_mut().zip(rows) {
                    let x = row[p];
                    sums.iter_mut().zip(b).for_each(|(sum, b)| *sum = x.mul_add(*b, *sum));
                }
            }
            sums
        }

        #[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
        fn $times(a: &[$real], d: usize, strips: &[Vec<[$real; $wide]>], k: usize, to: &mut [$real]) {
            for (a, to) in a.chunks(TALL * d).zip(to.chunks_mut(TALL * k)) {
                let last = a.len() / d - 1;
                // If fewer are left, the last row is multiplied several times.
                let row = |r: usize| &a[r.min(last) * d..(r.min(last) + 1) * d];
                for (at, strip) in strips.iter().enumerate() {
                    let sums = $group(std::array::from_fn(row), strip);
                    let (first, used) = (at * $wide, $wide.min(k - at * $wide));
                    for (to, sums) in to.chunks_exact_mut(k).zip(&sums) {
                        to[first..first + used].copy_from_slice(&sums[..used]);
                    }
                }
            }
        }

        #[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
        fn $less(row: &[f32], center: &[f64], to: &mut [$real]) {
            for ((to, &x), center) in to.iter_mut().zip(row).zip(center) {
                *to = (f64::from(x) - center) as $real;
            }
        }
    };
}

/// A row-major matrix with k columns as strips of columns, the last padded with zeros.
fn strips<T: Working, const WIDE: usize>(b: &[T], k: usize) -> Vec<Vec<[T; WIDE]>> {
    let strip = |first: usize| {
        let used = WIDE.min(k - first);
        let row = |row: &[T]| {
            let mut strip = [T::default(); WIDE];
            strip[..used].copy_from_slice(&row[first..first + used]);
            strip
        };
        b.chunks_exact(k).map(row).collect()
    };
    (0..k).step_by(WIDE).map(strip).collect()
}

skinny!(f32, 16, times_32, less_32, group_32);
skinny!(f64, 8, times_64, less_64, group_64);

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Skinny>(within: f64) {
        for (rows, d, k) in [(1, 1, 1), (8, 8, 8), (9, 17, 3), (40, 5, 16), (23, 31, 37), (7, 100, 10)] {
            let value = |i: usize| T::of(((i * i) as f64 * 0.1 + i as f64).sin());
            let a: Vec<T> = (0..rows * d).map(value).collect();
            let b: Vec<T> = (0..rows.max(d) * k).map(|i| value(i + 3)).collect();
            let mut to = vec![T::default(); rows * k];
            T::times(&a, d, &b[..d * k], k, &mut to);
            for (at, found) in to.iter().enumerate() {
                let (i, j) = (at / k, at % k);
                let wanted: f64 = (0..d).map(|p| a[i * d + p].wide() * b[p * k + j].wide()).sum();
                assert!((found.wide() - wanted).abs() < within * d as f64);
            }
            let mut to = vec![T::default(); d * k];
            T::transposed_times(&a, d, &b[..rows * k], k, &mut to);
            for (at, found) in to.iter().enumerate() {
                let (i, j) = (at / k, at % k);
                let wanted: f64 = (0..rows).map(|p| a[p * d + i].wide() * b[p * k + j].wide()).sum();
                assert!((found.wide() - wanted).abs() < within * rows as f64);
            }
        }
    }

    #[test]
    fn products_are_those_of_plain_sums() {
        check::<f64>(1e-15);
        check::<f32>(3e-7);
    }
}
