//! Restorations from end to end through the library, of clips whose truth is known.

mod choosing;
#[allow(dead_code, reason = "each harness uses its part")]
mod errors;
mod masks;
mod picture;
mod progress;
mod quality;
mod registration;
mod same;
mod settings;
mod surface;
