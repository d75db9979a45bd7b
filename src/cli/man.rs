//! `seethru man`: the manual page, made from the same words as `--help`.

use std::io::Write;

use anyhow::{Result, anyhow};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::command::Cli;
use super::lines::print_bytes;
use super::misuse::Misuse;

/// What stands below each page.
const SOURCE: &str = concat!("seethru ", env!("CARGO_PKG_VERSION"));

/// The page of the subcommand that these words name; of seethru itself if there are none.
pub(crate) fn print(subcommand: &[String]) -> Result<()> {
    let mut program = Cli::command();
    program.build();
    let mut command = &program;
    for name in subcommand {
        let Some(found) = command.find_subcommand(name) else {
            let above = command.get_bin_name().unwrap_or("seethru");
            let none = anyhow!("{above} has no subcommand {name}: see {above} --help for their names");
            return Err(Misuse::of(none));
        };
        command = found;
    }
    let mut page = Vec::new();
    render(command.clone(), &mut page)?;
    print_bytes(&page)
}

fn render(command: Command, page: &mut dyn Write) -> Result<()> {
    let after = command.get_after_long_help().or(command.get_after_help());
    let after = after.map(ToString::to_string).unwrap_or_default();
    let subcommands = command.has_subcommands();
    let man = Man::new(command.after_long_help(None).after_help(None)).source(SOURCE);
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if subcommands {
        man.render_subcommands_section(page)?;
    }
    sections(&after).to_writer(page)?;
    Ok(())
}

/// What follows the options in `--help`: sections with a title of their own ("Examples:"), line for line.
fn sections(text: &str) -> Roff {
    let mut sections = Roff::new();
    let mut open = false;
    for line in text.lines() {
        match line.strip_suffix(':') {
            Some(title) if !line.starts_with(' ') => {
                if open {
                    sections.control("fi", []);
                }
                sections.control("SH", [title.to_uppercase().as_str()]);
                sections.control("nf", []);
                open = true;
            }
            _ => drop(sections.text([roman(line)])),
        }
    }
    if open {
        sections.control("fi", []);
    }
    sections
}
