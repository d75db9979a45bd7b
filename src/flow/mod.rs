//! Convex flow: min-cost flow whose unit cost on an edge rises with its load.

pub mod leakage;
pub mod pairwise;
mod successive;

use std::num::NonZeroU32;

/// Cost of a load of f units on an edge of length d, in one direction.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeCost {
    /// d·f: geodesics, exactly Isomap.
    Linear,
    /// Piecewise linear: unit number j (from 0) costs d·slopes[min(j / capacity, last)];
    /// `slopes` rises strictly and starts at 1. `None`: capacity ceil((n - 1) / k), the load of
    /// each of a source's k edges when it is spread evenly.
    Convex { capacity: Option<NonZeroU32>, slopes: Vec<f64> },
    /// d·f up to `capacity` units, not allowed above (`None`: twice the even load).
    Capacitated { capacity: Option<NonZeroU32> },
    /// d·(f + lambda·f²/2), lambda > 0.
    Quadratic { lambda: f64 },
}
