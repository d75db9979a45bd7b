//! How much of what fusion adds to the mean of the frames is the scene: as much as both halves of the clip share.
//!
//! Fusion prefers large values, be they the scene's sharpest or the brightest light and the strongest noise. So the two
//! halves of the clip, whose waves differ, are fused by themselves with the same fields. What fusion adds to the mean is
//! correlated in rings of frequencies, c; the whole clip's then correlates with the truth by
//!
//! ```text
//! sqrt(2 c / (1 + c))
//! ```
//!
//! and this much of it is kept, c being lessened by its standard error: of noise alone nothing. Sources: Saxton and
//! Baumeister, "The correlation averaging of a regularly arranged bacterial cell envelope protein", J. Microscopy 127, 1982
//! (Fourier ring correlation); Rosenthal and Henderson, J. Mol. Biol. 333, 2003 (the correlation with the truth). There
//! for whole pictures; here in each window with its neighbors, since sharpness and light change from place to place.

use rayon::prelude::*;

use super::sum::Sum;
use super::windows::{BINS, HALF, Layout, SIDE};

/// Rings one frequency wide, up to that of the corner, SIDE / sqrt(2); the mean belongs to the first.
pub(super) const RINGS: usize = 11;
/// Windows on either side that are correlated with a window; together they cover twice its side.
const REACH: usize = 1;
/// Windows overlap by half, and a taper makes neighboring frequencies alike: only one value of so many is independent.
const ALIKE: f32 = 9.0;

/// The ring that each value of a spectrum lies in.
pub(super) fn rings() -> [usize; BINS] {
    std::array::from_fn(|at| {
        let (x, y) = (at / SIDE, at % SIDE);
        let y = y.min(SIDE - y);
        (((x * x + y * y) as f32).sqrt().round() as usize).max(1) - 1
    })
}

/// Values at a frequency and its mirror image.
fn times(at: usize) -> f32 {
    // The inner columns stand for their mirror images, too.
    if (at / SIDE).is_multiple_of(HALF - 1) { 1.0 } else { 2.0 }
}

/// Sums over a ring: the halves' product, the square of each, and how many values they are of.
type Products = [[f32; 4]; RINGS];

/// The share to keep, 0 ..= 1, in each window and ring.
pub(super) fn shares(sums: &[[Sum; 2]], layout: Layout) -> Vec<[f32; RINGS]> {
    let rings = rings();
    let products: Vec<Products> = sums.par_iter().map(|halves| products(halves, &rings)).collect();
    (0..sums.len()).into_par_iter().map(|window| share(&products, layout, window)).collect()
}

fn products(halves: &[Sum; 2], rings: &[usize; BINS]) -> Products {
    let mut products = [[0.0; 4]; RINGS];
    for (at, &ring) in rings.iter().enumerate() {
        let [(_, a), (_, b)] = [0, 1].map(|half| Sum::mean_and_added(&halves[half..=half], at));
        let terms = [a.re * b.re + a.im * b.im, a.norm_sqr(), b.norm_sqr(), 1.0];
        products[ring].iter_mut().zip(terms).for_each(|(sum, term)| *sum += times(at) * term);
    }
    products
}

fn share(products: &[Products], layout: Layout, window: usize) -> [f32; RINGS] {
    let near = |at: usize, count: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(count);
    let (row, column) = (window / layout.columns, window % layout.columns);
    let mut sums = [[0.0f32; 4]; RINGS];
    for y in near(row, layout.rows) {
        for x in near(column, layout.columns) {
            for (sum, term) in
                sums.as_flattened_mut().iter_mut().zip(products[y * layout.columns + x].as_flattened())
            {
                *sum += term;
            }
        }
    }
    sums.map(|[product, a, b, count]| {
        let error = (ALIKE / count).sqrt().min(1.0);
        let correlation = product / (a * b).sqrt().max(f32::MIN_POSITIVE);
        let beyond = ((correlation - error) / (1.0 - error).max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
        (2.0 * beyond / (1.0 + beyond)).sqrt()
    })
}
