//! `seethru compare` from end to end: the table, files, refusals, failures of single methods, interruption.

mod comparing;
#[cfg(unix)]
mod interrupted;
mod refused;
