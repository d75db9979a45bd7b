//! The settings of the methods that pick patches.

use std::num::NonZeroUsize;

use manifold::flow::EdgeCost;
use manifold::graph::{Disconnected, Neighbors};

/// The patches of the frames, and the places they are taken at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PatchSettings {
    /// Side of a patch in pixels.
    pub patch: usize,
    /// Distance between places in pixels, 1 ..= patch.
    pub step: usize,
}

impl Default for PatchSettings {
    /// Patches of 16 pixels, 8 apart.
    fn default() -> Self {
        PatchSettings { patch: 16, step: 8 }
    }
}

impl PatchSettings {
    /// Sets the side of a patch in pixels, and half of it as the distance between places.
    #[must_use]
    pub fn patch(self, patch: usize) -> Self {
        PatchSettings { patch, step: (patch / 2).max(1) }
    }

    /// Sets the distance between places in pixels, 1 ..= patch.
    #[must_use]
    pub fn step(self, step: usize) -> Self {
        PatchSettings { step, ..self }
    }
}

/// Which n centers a place has and how they become one patch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// The mean of the n most central patches (least V).
    #[default]
    Blend,
    /// Of the n most central patches, the one that agrees best with the neighboring places.
    Agree,
    /// Of n medoids (the global center among them), the one that agrees best.
    Medoids,
}

/// How centers are found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CenterSettings {
    /// The patches that centers are chosen from.
    #[serde(flatten)]
    pub patches: PatchSettings,
    /// Centers per place, 1 ..= frames.
    pub centers: NonZeroUsize,
    /// Which they are, and how they become one patch.
    pub choice: Choice,
    /// Which patches of a place are joined by an edge of its graph.
    pub neighbors: Neighbors,
    /// What is done with a graph that falls into groups.
    pub disconnected: Disconnected,
    /// What a unit of flow pays along an edge.
    pub cost: EdgeCost,
    /// Remove each patch's own mean brightness before distances are measured.
    pub level: bool,
}

impl Default for CenterSettings {
    /// Three centers blended, eight neighbors, the default convex cost; patches of 16 pixels, 8 apart.
    fn default() -> Self {
        CenterSettings {
            patches: PatchSettings::default(),
            centers: NonZeroUsize::MIN.saturating_add(2),
            choice: Choice::default(),
            neighbors: Neighbors::Nearest(NonZeroUsize::MIN.saturating_add(7)),
            disconnected: Disconnected::default(),
            cost: EdgeCost::default(),
            level: false,
        }
    }
}

impl CenterSettings {
    /// Sets the patches that centers are chosen from.
    #[must_use]
    pub fn patches(self, patches: PatchSettings) -> Self {
        CenterSettings { patches, ..self }
    }

    /// Sets the number of centers per place, 1 ..= frames.
    #[must_use]
    pub fn centers(self, centers: NonZeroUsize) -> Self {
        CenterSettings { centers, ..self }
    }

    /// Sets which centers a place has and how they become one patch.
    #[must_use]
    pub fn choice(self, choice: Choice) -> Self {
        CenterSettings { choice, ..self }
    }

    /// Sets which patches of a place are joined by an edge of its graph.
    #[must_use]
    pub fn neighbors(self, neighbors: Neighbors) -> Self {
        CenterSettings { neighbors, ..self }
    }

    /// Sets what is done with a graph that falls into groups.
    #[must_use]
    pub fn disconnected(self, disconnected: Disconnected) -> Self {
        CenterSettings { disconnected, ..self }
    }

    /// Sets what a unit of flow pays along an edge.
    #[must_use]
    pub fn cost(self, cost: EdgeCost) -> Self {
        CenterSettings { cost, ..self }
    }

    /// Sets whether each patch's own mean brightness is removed before distances are measured.
    #[must_use]
    pub fn level(self, level: bool) -> Self {
        CenterSettings { level, ..self }
    }
}
