//! The few numbers that stand for a long list.

use serde::Serialize;

/// Counts in equal bins from `low` to `high`; the last bin holds `high` itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Histogram {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) counts: Vec<usize>,
}

impl Histogram {
    /// `None` when no value is finite. Equal values fall into one bin.
    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone, bins: usize) -> Option<Histogram> {
        let (low, high) = range(values.clone())?;
        let bins = if low == high { 1 } else { bins.max(1) };
        let mut counts = vec![0; bins];
        for value in values.filter(|value| value.is_finite()) {
            let at = if low == high { 0.0 } else { (value - low) / (high - low) * bins as f64 };
            counts[(at as usize).min(bins - 1)] += 1;
        }
        Some(Histogram { low, high, counts })
    }
}

/// Least, mean and greatest of the finite values, and how they are spread.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) mean: f64,
    pub(crate) max: f64,
    pub(crate) histogram: Histogram,
}

impl Spread {
    pub(crate) fn of(values: &[f64], bins: usize) -> Option<Spread> {
        let histogram = Histogram::of(values.iter().copied(), bins)?;
        let finite = || values.iter().filter(|value| value.is_finite());
        let mean = finite().sum::<f64>() / finite().count() as f64;
        Some(Spread { min: histogram.low, mean, max: histogram.high, histogram })
    }
}

/// A count added up over places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Tally {
    pub(crate) total: u64,
    pub(crate) mean: f64,
    pub(crate) max: u32,
}

impl Tally {
    pub(crate) fn of(counts: &[u32]) -> Tally {
        let total = counts.iter().map(|&count| u64::from(count)).sum::<u64>();
        let mean = if counts.is_empty() { 0.0 } else { total as f64 / counts.len() as f64 };
        Tally { total, mean, max: counts.iter().copied().max().unwrap_or(0) }
    }
}

/// Least and greatest finite value.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// The values below which a fraction `low` and `high` of the finite values lie.
pub(crate) fn quantiles(values: &[f64], low: f64, high: f64) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |q: f64| sorted.get((q * (sorted.len().saturating_sub(1)) as f64).round() as usize).copied();
    Some((at(low)?, at(high)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_value_falls_into_one_bin() {
        let values = [0.0, 0.5, 1.0, 2.0, f64::NAN, 4.0];
        let histogram = Histogram::of(values.iter().copied(), 4).unwrap();
        assert_eq!(histogram, Histogram { low: 0.0, high: 4.0, counts: vec![2, 1, 1, 1] });
    }

    #[test]
    fn equal_values_make_one_bin_and_none_make_nothing() {
        let histogram = Histogram::of([3.0, 3.0].into_iter(), 9).unwrap();
        assert_eq!(histogram.counts, [2]);
        assert_eq!(Histogram::of(std::iter::empty(), 9), None);
        assert_eq!(Spread::of(&[f64::INFINITY], 9), None);
        assert_eq!(quantiles(&[], 0.1, 0.9), None);
    }

    #[test]
    fn spread_and_tally_add_up() {
        let spread = Spread::of(&[1.0, 2.0, 6.0], 5).unwrap();
        assert_eq!((spread.min, spread.mean, spread.max), (1.0, 3.0, 6.0));
        assert_eq!(Tally::of(&[1, 5, 3]), Tally { total: 9, mean: 3.0, max: 5 });
        assert_eq!(Tally::of(&[]).max, 0);
    }

    #[test]
    fn quantiles_are_values_of_the_list() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(quantiles(&values, 0.02, 0.98), Some((2.0, 98.0)));
    }
}
