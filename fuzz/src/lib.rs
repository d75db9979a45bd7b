//! Fuzz targets. The binaries in `fuzz_targets` are named like them and call them.

mod allocator;
mod file;
mod targets;

use allocator::within;
use file::{File, folder};
pub use targets::*;
