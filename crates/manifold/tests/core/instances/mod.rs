//! k-d trees and transforms. `crates/instances` has no tests of its own: they would compile the instances once more.

mod fourier;
mod kd_tree;
