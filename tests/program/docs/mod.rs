//! Every command that the guide and `--help` show is run, in a folder that holds what they name.

mod guide;
mod help;
mod json;
mod links;
mod studio;
