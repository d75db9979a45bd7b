//! What the instances compute, tested from outside: so that the instances are compiled once.

mod fourier;
mod kd_tree;
