//! What decomposes dense matrices: faer, or LAPACK with the feature `lapack`. Both have the same functions, with
//! `None` if the iteration did not converge. Small eigenproblems inside another algorithm always go to
//! [`symmetric`], which is faer's.

#[cfg(any(test, not(feature = "lapack")))]
mod faer;
#[cfg(feature = "lapack")]
mod lapack;
pub(crate) mod symmetric;

#[cfg(not(feature = "lapack"))]
pub(crate) use self::faer::{eigen, singular, singular_right};
#[cfg(feature = "lapack")]
pub(crate) use self::lapack::{eigen, singular, singular_right};
