//! `seethru embed`: rows of numbers, images or frames in few dimensions.

mod args;
mod call;
mod fitted;
mod footprint;
mod method;
mod outputs;
mod plots;
mod remedy;
mod report;
mod rows;
mod run;
mod shared;
mod transform;
mod values;

pub(crate) use args::EmbedArgs;
pub(crate) use call::Call;
pub(crate) use report::digits;
pub(crate) use run::run;
pub(crate) use values::Corner;
