//! `seethru man`: the manual page, made from the same words as `--help`.

use std::io::Write;

use anyhow::{Result, bail};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::console::print_bytes;
use super::{Cli, help};

pub fn print(subcommand: Option<&str>) -> Result<()> {
    let mut command = Cli::command().after_long_help(None).after_help(None);
    command.build();
    let mut page = Vec::new();
    match subcommand {
        None => whole(command, &mut page)?,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => Man::new(found.clone()).render(&mut page)?,
            None => bail!("seethru has no subcommand {name}: see seethru --help for their names"),
        },
    }
    print_bytes(&page)
}

fn whole(command: Command, page: &mut dyn Write) -> Result<()> {
    let man = Man::new(command);
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    man.render_subcommands_section(page)?;
    let mut sections = Roff::new();
    for (title, text) in help::SECTIONS {
        sections.control("SH", [title.to_uppercase().as_str()]);
        sections.control("nf", []);
        for line in text.lines() {
            sections.text([roman(line)]);
        }
        sections.control("fi", []);
    }
    sections.to_writer(page)?;
    man.render_version_section(page)?;
    Ok(())
}
