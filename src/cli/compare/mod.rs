//! `seethru compare`: every method on one clip, side by side.

mod args;
mod budget;
mod clip;
mod plan;
mod run;
mod table;
mod write;

pub(crate) use args::CompareArgs;
pub(crate) use plan::ComparePlan;
pub(crate) use run::run;
