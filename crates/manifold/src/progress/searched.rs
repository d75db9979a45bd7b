//! What a search for neighbors says of itself.

use std::fmt;

/// How neighbors were searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum By {
    /// Every pair was measured, or provably too far apart.
    Exact,
    /// By a k-d tree, exactly.
    Tree,
    /// By nearest-neighbor descent.
    Approximate,
}

/// How neighbors were searched for, and the share of the true ones that were found.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Searched {
    /// How.
    pub by: By,
    /// The share of the true neighbors (or others equally near) that were found: 1 of a search that is exact, else as
    /// measured on a sample.
    pub recall: f64,
    /// The same for points that are no other's neighbor, of which the descent finds fewest; `None` if the search is exact,
    /// or there are none.
    pub unnamed_recall: Option<f64>,
    /// The share that was to be found.
    pub wanted: f64,
    /// Whether as much was found, beyond the chance of the sample (two standard deviations).
    pub reached: bool,
}

impl Searched {
    pub(crate) fn exactly(by: By, wanted: f64) -> Searched {
        Searched { by, recall: 1.0, unnamed_recall: None, wanted, reached: true }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            By::Exact => "exact",
            By::Tree => "exact by a tree",
            By::Approximate => "approximate",
        })
    }
}

/// As a summary says it: "exact" or "approximate, recall 0.9948".
impl fmt::Display for Searched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.by {
            By::Approximate => write!(f, "approximate, recall {:.4}", self.recall),
            exact => exact.fmt(f),
        }
    }
}
