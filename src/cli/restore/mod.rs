//! `seethru VIDEO`: one clip restored. Its settings, `--auto` and its errors serve the commands that restore as well.

pub mod args;
pub mod auto;
mod plan;
mod registration_outputs;
pub mod remedy;
mod run;
pub mod settings;

pub use args::{RestoreArgs, SettingsArgs};
pub use plan::RestorePlan;
pub use run::run;
