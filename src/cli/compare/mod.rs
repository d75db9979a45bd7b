//! `seethru compare`: every method on one clip, side by side.

mod args;
mod clip;
mod plan;
mod run;
mod table;
mod write;

pub use args::CompareArgs;
pub use plan::ComparePlan;
pub use run::run;
