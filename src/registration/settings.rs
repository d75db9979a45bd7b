//! What is done beside registration.

use super::camera::Motion;

/// What is done besides registration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RegisterSettings {
    /// Camera motion that is removed first.
    pub stabilize: Motion,
    /// Sharpen the still at the end: more contrast in fine detail, and more noise.
    pub sharpen: bool,
}

impl RegisterSettings {
    /// Sets the camera motion that is taken out first.
    #[must_use]
    pub fn stabilize(self, stabilize: Motion) -> Self {
        RegisterSettings { stabilize, ..self }
    }

    /// Raises what is left of the blur at the end, or not.
    #[must_use]
    pub fn sharpen(self, sharpen: bool) -> Self {
        RegisterSettings { sharpen, ..self }
    }
}
