//! The settings of registration.

use super::camera::Motion;

/// The settings of registration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RegisterSettings {
    /// Camera motion that is removed first.
    pub stabilize: Motion,
    /// Sharpen the still at the end: more contrast in fine detail, and more noise.
    pub sharpen: bool,
}

impl RegisterSettings {
    /// Sets the camera motion that is removed first.
    #[must_use]
    pub fn stabilize(self, stabilize: Motion) -> Self {
        RegisterSettings { stabilize, ..self }
    }

    /// Sets whether the still is sharpened at the end.
    #[must_use]
    pub fn sharpen(self, sharpen: bool) -> Self {
        RegisterSettings { sharpen, ..self }
    }
}
