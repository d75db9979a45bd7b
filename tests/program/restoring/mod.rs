//! The program from end to end: stills, reports, messages and interruption.

#[cfg(unix)]
mod interrupted;
#[cfg(target_os = "linux")]
mod memory;
mod outputs;
mod views;
