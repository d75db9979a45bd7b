//! The threads that work is done on.

use std::num::NonZeroUsize;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// The threads to compute on could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the threads to compute on could not be started: {cause}")]
pub struct ThreadsError {
    cause: ThreadPoolBuildError,
}

/// This many threads; none if no number is given.
pub(crate) fn pool(threads: Option<NonZeroUsize>) -> Result<Option<ThreadPool>, ThreadsError> {
    let pool = |threads: NonZeroUsize| ThreadPoolBuilder::new().num_threads(threads.get()).build();
    threads.map(pool).transpose().map_err(|cause| ThreadsError { cause })
}

/// Does the work on this many threads of its own, or on those of the caller's rayon pool if no number is given.
pub(crate) fn on<T: Send>(
    threads: Option<NonZeroUsize>,
    work: impl FnOnce() -> T + Send,
) -> Result<T, ThreadsError> {
    Ok(match pool(threads)? {
        Some(pool) => pool.install(work),
        None => work(),
    })
}
