//! What decomposes dense matrices: faer, or LAPACK with the feature `lapack`. Both have the same functions, with
//! `None` if the iteration did not converge.

#[cfg(any(test, not(feature = "lapack")))]
mod faer;
#[cfg(feature = "lapack")]
mod lapack;

#[cfg(not(feature = "lapack"))]
pub(crate) use self::faer::{eigen, singular, singular_right};
#[cfg(feature = "lapack")]
pub(crate) use self::lapack::{eigen, singular, singular_right};
