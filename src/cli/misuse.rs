//! Calls that are wrong whatever the files hold.

use super::lines::one_line;

/// Options that contradict each other, or ask for what there is not: wrong whatever the files hold, as what clap refuses.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misuse(String);

impl Misuse {
    /// The error as one of the command line.
    pub(crate) fn of(error: anyhow::Error) -> anyhow::Error {
        Misuse(one_line(&error)).into()
    }
}
