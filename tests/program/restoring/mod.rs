//! The program from end to end: stills, reports, messages and interruption.

#[cfg(unix)]
mod interrupted;
#[cfg(target_os = "linux")]
mod memory;
#[allow(dead_code, reason = "each harness uses its part")]
mod restoring;
