//! `seethru VIDEO`: one clip restored. Its settings, `--auto` and its errors serve the commands that restore as well.

pub(crate) mod args;
pub(crate) mod auto;
pub(crate) mod doubts;
mod pacing;
mod plan;
mod registration_outputs;
pub(crate) mod remedy;
pub(crate) mod reserve;
mod run;
pub(crate) mod settings;
mod surface_outputs;
mod surface_plan;

pub(crate) use args::{RestoreArgs, SettingsArgs};
pub(crate) use plan::RestorePlan;
pub(crate) use run::run;
