//! What the water, the light and the camera are like.

use std::num::NonZeroUsize;
use std::str::FromStr;

use super::SynthError;

/// The water surface and what it does to the picture. Lengths are in pixels of the clip.
///
/// Parses from a preset, from `name=value` pairs, or from both ("rough,noise=3"); pairs alone
/// start from [`WaveSettings::MODERATE`].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct WaveSettings {
    /// Root mean square displacement over pixels and time, 0 ..= 1000; 0 gives the still itself.
    /// The slopes of the water are scaled until it is reached.
    pub strength: f64,
    /// Dominant wavelength, at least 4; the waves' own lie within a factor of 1.6 of it.
    pub wavelength: f64,
    /// Factor on time: 1 is water, 0 a frozen surface; at most 100.
    pub speed: f64,
    /// Share of the squared displacement that short ripples (a third to a sixth of the
    /// wavelength) carry, 0 ..= 1.
    pub ripples: f64,
    /// Share that circular ripples around three points carry, 0 ..= 1; with `ripples` at most 1.
    pub rings: f64,
    /// Directions in which waves run: this wide an angle in degrees, 0 ..= 360, ...
    pub spread: f64,
    /// ... about this one, in degrees clockwise from the picture's right.
    pub direction: f64,
    /// How much of each plane wave comes back from a wall, as a share of its amplitude, 0 ..= 1; at 1 all of them stand.
    pub reflection: f64,
    /// Water over the floor, above 0. Deeper water needs smaller slopes for the same strength.
    pub depth: f64,
    /// Side of a pixel on the floor in millimeters, above 0: fixes how fast waves run.
    pub pixel_mm: f64,
    /// How strongly light gathered and spread by the waves shows, 0 (not) ..= 1 (overhead sun).
    pub caustics: f64,
    /// Standard deviation of the lens blur, 0 ..= 20.
    pub blur: f64,
    /// Standard deviation of the sensor noise in gray levels of 255, 0 ..= 100.
    pub noise: f64,
    /// Same seed, same clip, on any number of threads.
    pub seed: u64,
}

impl WaveSettings {
    /// A light breeze: half the displacement of `MODERATE` on longer waves.
    pub const CALM: WaveSettings =
        WaveSettings { strength: 1.5, wavelength: 80.0, ripples: 0.02, caustics: 0.1, ..Self::MODERATE };

    /// Frames plainly distorted, their mean blurred.
    pub const MODERATE: WaveSettings = WaveSettings {
        strength: 3.0,
        wavelength: 60.0,
        speed: 1.0,
        ripples: 0.05,
        rings: 0.0,
        spread: 360.0,
        direction: 0.0,
        reflection: 0.0,
        depth: 300.0,
        pixel_mm: 1.5,
        caustics: 0.2,
        blur: 0.0,
        noise: 0.0,
        seed: 0,
    };

    /// Twice the displacement of `MODERATE`, with circular ripples.
    pub const ROUGH: WaveSettings =
        WaveSettings { strength: 6.0, wavelength: 90.0, rings: 0.05, caustics: 0.3, ..Self::MODERATE };

    /// Standing waves over shallow water, as in a basin: their height changes how far they displace, and the mean
    /// displacement at each place is not zero.
    pub const STANDING: WaveSettings = WaveSettings {
        strength: 4.0,
        wavelength: 100.0,
        ripples: 0.0,
        reflection: 1.0,
        depth: 60.0,
        caustics: 0.0,
        ..Self::MODERATE
    };

    /// Checks every range.
    ///
    /// # Errors
    /// [`SynthError::Setting`] names the first value that is out of range.
    pub fn validate(&self) -> Result<(), SynthError> {
        let ranges = [
            ("strength", self.strength, 0.0, 1000.0),
            ("wavelength", self.wavelength, 4.0, 1e6),
            ("speed", self.speed, 0.0, 100.0),
            ("ripples", self.ripples, 0.0, 1.0),
            ("rings", self.rings, 0.0, 1.0),
            ("ripples + rings", self.ripples + self.rings, 0.0, 1.0),
            ("spread", self.spread, 0.0, 360.0),
            ("direction", self.direction, -360.0, 360.0),
            ("reflection", self.reflection, 0.0, 1.0),
            ("depth", self.depth, 1.0, 1e6),
            ("pixel-mm", self.pixel_mm, 1e-3, 1e6),
            ("caustics", self.caustics, 0.0, 1.0),
            ("blur", self.blur, 0.0, 20.0),
            ("noise", self.noise, 0.0, 100.0),
        ];
        for (name, value, least, most) in ranges {
            // Written so that NaN fails too.
            if !(least..=most).contains(&value) {
                return Err(SynthError::Setting { name, value, least, most });
            }
        }
        Ok(())
    }

    fn set(&mut self, pair: &str) -> Result<(), SynthError> {
        let unknown = || SynthError::Waves { part: pair.to_owned() };
        let (name, value) = pair.split_once('=').ok_or_else(unknown)?;
        if name.trim() == "seed" {
            self.seed = value.trim().parse().map_err(|_| unknown())?;
            return Ok(());
        }
        let field = match name.trim() {
            "strength" => &mut self.strength,
            "wavelength" => &mut self.wavelength,
            "speed" => &mut self.speed,
            "ripples" => &mut self.ripples,
            "rings" => &mut self.rings,
            "spread" => &mut self.spread,
            "direction" => &mut self.direction,
            "reflection" => &mut self.reflection,
            "depth" => &mut self.depth,
            "pixel-mm" => &mut self.pixel_mm,
            "caustics" => &mut self.caustics,
            "blur" => &mut self.blur,
            "noise" => &mut self.noise,
            _ => return Err(unknown()),
        };
        *field = value.trim().parse().map_err(|_| unknown())?;
        Ok(())
    }
}

impl Default for WaveSettings {
    fn default() -> Self {
        WaveSettings::MODERATE
    }
}

impl FromStr for WaveSettings {
    type Err = SynthError;

    fn from_str(text: &str) -> Result<Self, SynthError> {
        let mut settings = WaveSettings::MODERATE;
        for (index, part) in text.split(',').enumerate() {
            match (index, part.trim()) {
                (0, "calm") => settings = WaveSettings::CALM,
                (0, "moderate") => settings = WaveSettings::MODERATE,
                (0, "rough") => settings = WaveSettings::ROUGH,
                (0, "standing") => settings = WaveSettings::STANDING,
                (_, pair) => settings.set(pair)?,
            }
        }
        settings.validate()?;
        Ok(settings)
    }
}

/// A whole clip.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct SynthSettings {
    /// The water.
    pub waves: WaveSettings,
    /// Number of frames.
    pub frames: NonZeroUsize,
    /// Frames per second, above 0 and at most 1000.
    pub fps: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_and_pairs_mix() {
        assert_eq!("calm".parse::<WaveSettings>().unwrap(), WaveSettings::CALM);
        let mixed: WaveSettings = "rough, noise=3,seed=18446744073709551615".parse().unwrap();
        assert_eq!(mixed, WaveSettings { noise: 3.0, seed: u64::MAX, ..WaveSettings::ROUGH });
        let pairs: WaveSettings = "strength=2,wavelength=40".parse().unwrap();
        assert_eq!(pairs, WaveSettings { strength: 2.0, wavelength: 40.0, ..WaveSettings::MODERATE });
    }

    #[test]
    fn what_is_not_understood_is_quoted() {
        for text in ["", "stormy", "noise=3,rough", "strength", "strength=high", "depht=3", "seed=-1"] {
            assert!(matches!(text.parse::<WaveSettings>(), Err(SynthError::Waves { .. })), "{text}");
        }
    }

    #[test]
    fn values_out_of_range_are_named() {
        for text in [
            "strength=-1",
            "strength=NaN",
            "wavelength=3",
            "ripples=1.5",
            "ripples=0.6,rings=0.6",
            "depth=0",
            "noise=-1",
            "spread=400",
            "reflection=1.1",
        ] {
            assert!(matches!(text.parse::<WaveSettings>(), Err(SynthError::Setting { .. })), "{text}");
        }
    }
}
