//! What a user should know although the work goes on.

use std::fmt;

use serde::{Serialize, Serializer};

/// A warning: what it is about, and a plain line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    kind: WarningKind,
    text: String,
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningKind {
    /// Interlaced frames were deinterlaced.
    Deinterlaced,
    /// Interlaced frames were used as they are.
    Interlaced,
    /// Frames or images are damaged or missing.
    Incomplete,
    /// Fewer frames were there than asked for, or not all were looked at.
    Fewer,
    /// What the values of samples, or the shape of pixels, were taken for.
    Meaning,
    /// The work took a slower way.
    Slower,
    /// The result may not be right, or not what was hoped for.
    Doubt,
    /// An output cannot hold all that is known.
    Output,
}

impl Warning {
    /// A warning of this kind that says this.
    #[must_use]
    pub fn new(kind: WarningKind, text: impl Into<String>) -> Warning {
        Warning { kind, text: text.into() }
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> WarningKind {
        self.kind
    }
}

/// The line.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The line.
impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
