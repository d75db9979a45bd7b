//! `seethru completions`: a script for the shell to load.

use anyhow::Result;
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::command::Cli;
use super::lines::print_bytes;

pub(crate) fn print(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "seethru", &mut script);
    print_bytes(&script)
}
