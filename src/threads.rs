//! The threads that work is done on.

use std::num::NonZeroUsize;

/// The threads to compute on could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the threads to compute on could not be started: {cause}")]
pub struct ThreadsError {
    cause: rayon::ThreadPoolBuildError,
}

/// Does the work on this many threads of its own, or on those of the caller's rayon pool if no number is given.
pub(crate) fn on<T: Send>(
    threads: Option<NonZeroUsize>,
    work: impl FnOnce() -> T + Send,
) -> Result<T, ThreadsError> {
    let Some(threads) = threads else { return Ok(work()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build();
    Ok(pool.map_err(|cause| ThreadsError { cause })?.install(work))
}
