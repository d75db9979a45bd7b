//! Restorations from end to end through the library, of clips whose truth is known.

#[path = "restore/choosing.rs"]
mod choosing;
#[allow(dead_code, reason = "each harness uses its part")]
#[path = "support/clips.rs"]
mod clips;
#[path = "restore/errors.rs"]
mod errors;
#[path = "restore/picture.rs"]
mod picture;
#[path = "restore/progress.rs"]
mod progress;
#[path = "restore/quality.rs"]
mod quality;
#[path = "restore/registration.rs"]
mod registration;
#[path = "restore/same.rs"]
mod same;
#[path = "restore/settings.rs"]
mod settings;
