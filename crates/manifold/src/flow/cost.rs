//! Edge costs: what a load costs on an edge.

use std::num::NonZeroU32;

use super::FlowError;

/// Cost of a load of f units on an edge of length d, in one direction.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeCost {
    /// d·f: geodesics, exactly Isomap.
    Linear,
    /// Piecewise linear: unit number j (from 0) costs d·slopes[min(j / capacity, last)];
    /// `slopes` rises strictly and starts at 1. `None`: capacity ceil((n - 1) / k), the load of
    /// each of a source's k edges when it is spread evenly.
    Convex {
        /// Units to a slope; `None` is the even load (1 for pairwise flow).
        capacity: Option<NonZeroU32>,
        /// Prices relative to the first, which is 1; they rise strictly.
        slopes: Vec<f64>,
    },
    /// d·f up to `capacity` units, not allowed above (`None`: twice the even load).
    Capacitated {
        /// Units that fit; `None` is twice the even load (1 for pairwise flow).
        capacity: Option<NonZeroU32>,
    },
    /// d·(f + lambda·f²/2), lambda > 0.
    Quadratic {
        /// How steeply the price rises, above 0.
        lambda: f64,
    },
}

/// Slopes above this would leave no room for long paths in 64 bits.
pub(crate) const STEEPEST: f64 = 65536.0;

impl EdgeCost {
    /// Slopes of the default cost: eight pieces, each at twice the price of the one before.
    #[must_use]
    pub fn default_slopes() -> Vec<f64> {
        (0..8).map(|j| f64::from(1 << j)).collect()
    }

    pub(super) fn check(&self) -> Result<(), FlowError> {
        match self {
            EdgeCost::Linear | EdgeCost::Capacitated { .. } => Ok(()),
            EdgeCost::Convex { slopes, .. } => {
                let rising = slopes.windows(2).all(|pair| pair[0] < pair[1]);
                let sane = slopes.first() == Some(&1.0) && slopes.last().is_some_and(|&g| g <= STEEPEST);
                if rising && sane { Ok(()) } else { Err(FlowError::Slopes { slopes: slopes.clone() }) }
            }
            EdgeCost::Quadratic { lambda } if *lambda > 0.0 && *lambda <= 16.0 => Ok(()),
            EdgeCost::Quadratic { lambda } => Err(FlowError::Lambda { lambda: *lambda }),
        }
    }
}

impl Default for EdgeCost {
    fn default() -> Self {
        EdgeCost::Convex { capacity: None, slopes: EdgeCost::default_slopes() }
    }
}
