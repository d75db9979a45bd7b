//! The program and its subcommands, as clap sees them.

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use super::batch::BatchArgs;
use super::compare::CompareArgs;
use super::config::ConfigArgs;
use super::console::Verbosity;
use super::device::{DeviceArgs, Use};
use super::devices::DevicesArgs;
use super::embed::EmbedArgs;
use super::help;
use super::info::InfoArgs;
use super::inspect::InspectArgs;
use super::knn::KnnArgs;
use super::quality::QualityArgs;
use super::restore::RestoreArgs;
use super::synth::SynthArgs;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Cyan.on_default().bold())
    .usage(AnsiColor::Cyan.on_default().bold())
    .literal(AnsiColor::Green.on_default())
    .placeholder(AnsiColor::BrightBlack.on_default());

/// Recover one sharp still from a video of a scene under moving water.
///
/// Waves (or heat haze) bend a scene differently in every frame. seethru finds the most central frame
/// by convex flow, registers all frames with it along paths of small steps (or with the temporal mean,
/// where that suits the clip better), moves everything to where the scene is in calm water, and fuses
/// the best of each frame into one still. With --method centers it picks and joins patches instead,
/// one place at a time.
#[derive(Debug, Parser)]
#[command(
    name = "seethru",
    version,
    long_version = help::long_version(),
    after_help = "Run seethru --help for examples and the meaning of each option.",
    after_long_help = help::after_long_help(),
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    styles = STYLES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) restore: RestoreArgs,
    #[command(flatten)]
    pub(crate) device: DeviceArgs,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

/// Each subcommand's arguments say what it does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Batch(Box<BatchArgs>),
    Compare(Box<CompareArgs>),
    Synth(Box<SynthArgs>),
    Info(Box<InfoArgs>),
    Inspect(Box<InspectArgs>),
    Embed(Box<EmbedArgs>),
    Knn(Box<KnnArgs>),
    Quality(Box<QualityArgs>),
    Devices(DevicesArgs),
    /// Print a completion script for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page (roff), of seethru or of one subcommand
    #[command(after_help = help::MAN)]
    Man {
        /// The subcommand, such as embed, or embed tsne
        #[arg(value_name = "SUBCOMMAND")]
        subcommand: Vec<String>,
    },
}

impl Cli {
    /// What a GPU is to the command.
    pub(crate) fn use_of_gpu(&self) -> Use {
        match self.command {
            None => Use::Runs,
            Some(Command::Batch(_) | Command::Compare(_) | Command::Embed(_) | Command::Knn(_)) => Use::Runs,
            Some(Command::Synth(_) | Command::Info(_) | Command::Inspect(_) | Command::Quality(_)) => {
                Use::None
            }
            Some(Command::Devices(_) | Command::Completions { .. } | Command::Man { .. }) => Use::Ignored,
        }
    }
}

/// An input so that it is not mistaken for a subcommand or an option.
pub(crate) fn as_input(name: &str) -> String {
    let is_option = name.starts_with('-') && name != "-";
    if is_option || is_subcommand(name) { format!("./{name}") } else { name.to_owned() }
}

/// Whether a word is the name of a subcommand.
pub(crate) fn is_subcommand(word: &str) -> bool {
    Cli::command().find_subcommand(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What arguments refer to is there, in every subcommand.
    #[test]
    fn arguments_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn subcommands_and_files_of_their_name() {
        let cli = |line: &str| Cli::try_parse_from(line.split(' ')).unwrap();
        assert!(cli("seethru synth a.png -o b.mp4").command.is_some());
        for line in ["seethru ./synth", "seethru -- synth", "seethru --patch 8 -- man"] {
            let cli = cli(line);
            assert!(cli.command.is_none() && cli.restore.input.is_some(), "{line}");
        }
    }
}
