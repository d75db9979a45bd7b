//! What all searches measure and rank by.

use multiversion::multiversion;

/// Squared distance in 64 bits: sixteen sums side by side, the rest in order. Products and sums are
/// rounded one by one, so that the bits are those of any processor.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn squared(a: &[f32], b: &[f32]) -> f64 {
    let (a16, a_rest) = a.as_chunks::<16>();
    let (b16, b_rest) = b.as_chunks::<16>();
    let mut sums = [0.0f64; 16];
    for (a, b) in a16.iter().zip(b16) {
        for lane in 0..16 {
            let difference = f64::from(a[lane]) - f64::from(b[lane]);
            sums[lane] += difference * difference;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    if a16.is_empty() { rest } else { sums.iter().sum::<f64>() + rest }
}

/// The k nearest of what is offered, by squared distance, then index.
///
/// Kept unsorted in a buffer of 2k; when it is full, the worst k leave together, so that an offer costs
/// a constant on average.
#[derive(Clone, Debug)]
pub(super) struct Shortlist {
    k: usize,
    found: Vec<(f64, u32)>,
    /// Offers must rank before this one.
    limit: (f64, u32),
}

impl Shortlist {
    pub(crate) fn new(k: usize) -> Shortlist {
        Shortlist { k, found: Vec::with_capacity(2 * k), limit: (f64::INFINITY, u32::MAX) }
    }

    /// Empty again; nothing farther than `limit` will be kept.
    pub(crate) fn clear(&mut self, limit: f64) {
        self.found.clear();
        self.limit = (limit, u32::MAX);
    }

    /// No squared distance above this is of use.
    pub(crate) fn limit(&self) -> f64 {
        self.limit.0
    }

    pub(crate) fn offer(&mut self, squared: f64, index: u32) {
        if !before((squared, index), self.limit) {
            return;
        }
        self.found.push((squared, index));
        if self.found.len() == 2 * self.k {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        self.found.select_nth_unstable_by(self.k - 1, order);
        self.found.truncate(self.k);
        self.limit = self.found[self.k - 1];
    }

    /// Has k or more been found? Then the limit is that of the k-th.
    pub(crate) fn settle(&mut self) -> bool {
        if self.found.len() > self.k {
            self.shrink();
        }
        self.found.len() >= self.k
    }

    /// The k nearest in order; fewer if fewer were within the limit.
    pub(crate) fn sorted(&mut self) -> &[(f64, u32)] {
        self.settle();
        self.found.sort_unstable_by(order);
        &self.found
    }
}

fn before(a: (f64, u32), b: (f64, u32)) -> bool {
    a.0 < b.0 || (a.0 == b.0 && a.1 < b.1)
}

fn order(a: &(f64, u32), b: &(f64, u32)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_stay_in_order() {
        let mut list = Shortlist::new(3);
        for (squared, index) in [(4.0, 1), (1.0, 9), (1.0, 2), (7.0, 0), (4.0, 0), (0.5, 8), (9.0, 3)] {
            list.offer(squared, index);
        }
        assert_eq!(list.sorted(), [(0.5, 8), (1.0, 2), (1.0, 9)]);
        list.clear(1.0);
        list.offer(1.5, 0);
        list.offer(1.0, 4);
        assert_eq!(list.sorted(), [(1.0, 4)]);
        assert!(!list.settle());
    }

    #[test]
    fn sums_are_those_of_plain_arithmetic() {
        let a: Vec<f32> = (0..37).map(|i| (i as f32 * 0.7).sin()).collect();
        let b: Vec<f32> = (0..37).map(|i| (i as f32 * 0.3).cos()).collect();
        let plain: f64 = a.iter().zip(&b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
        assert!((squared(&a, &b) - plain).abs() < 1e-14 * plain);
        assert_eq!(squared(&a[..15], &b[..15]), {
            a[..15].iter().zip(&b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum::<f64>()
        });
    }
}
