//! k-d trees ([`KdTree`], on kiddo) and Fourier transforms ([`fourier`], on rustfft), without type parameters.
//!
//! Both libraries are generic, and a crate that uses them compiles them anew: the trees of eight dimensions were a third of
//! what `seethru-manifold` compiled, for itself and again for its tests. Here they are compiled once. `seethru-algebra` is
//! the same for faer.

pub mod fourier;
mod kd_tree;

pub use kd_tree::KdTree;
