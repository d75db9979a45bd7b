//! `seethru batch`: what is named, planned, written, recorded and skipped.

mod ending;
#[cfg(unix)]
mod killed;
mod naming;
mod options;
mod overview;
mod planning;
mod resuming;
mod support;
