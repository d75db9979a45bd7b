//! The settings of registration.

use super::camera::Motion;
use super::error::{MOST_SHARPENED, RegisterError};

/// The settings of registration.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct RegisterSettings {
    /// Camera motion that is removed first.
    pub stabilize: Motion,
    /// How much of the scene's own blur is undone at the end, by [`MOST_SHARPENED`] at most; 0 undoes only what registration
    /// blurred, 1 all that the still's steepest edges show.
    pub sharpen: f64,
}

impl RegisterSettings {
    /// Sets the camera motion that is removed first.
    #[must_use]
    pub fn stabilize(self, stabilize: Motion) -> Self {
        RegisterSettings { stabilize, ..self }
    }

    /// # Errors
    /// If the sharpening is out of its range.
    pub(super) fn validate(&self) -> Result<(), RegisterError> {
        match (0.0..=MOST_SHARPENED).contains(&self.sharpen) {
            true => Ok(()),
            false => Err(RegisterError::Sharpen { strength: self.sharpen }),
        }
    }

    /// Sets how much of the scene's own blur is undone at the end.
    #[must_use]
    pub fn sharpen(self, sharpen: f64) -> Self {
        RegisterSettings { sharpen, ..self }
    }
}
