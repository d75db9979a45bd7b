//! `--auto` beside the default: what it chooses must not cost more than [`MOST`].

use std::error::Error;

use seethru::progress::Silent;
use seethru::survey::{Given, suggest, survey};
use seethru::synth::WaveSettings;
use seethru::video::{Frame, Input};
use seethru::{Settings, restore};

use crate::score::ssim;
use crate::{FRAMES, WAVES, clip};

/// SSIM that `--auto` may lose.
const MOST: f64 = 0.005;
/// Beside those of the presets.
const CAUSTICS: [Option<f64>; 3] = [None, Some(0.0), Some(0.1)];

/// One line for each clip; an error if `--auto` loses more than that on any.
pub fn auto(stills: &[(&str, Frame)]) -> Result<(), Box<dyn Error>> {
    println!("\n{:8} {:9} caustics |  default  --auto  | chosen", "still", "waves");
    let (mut seed, mut most) = (0, 0.0_f64);
    for (name, still) in stills {
        for (strength, waves) in WAVES {
            seed += 1;
            for caustics in CAUSTICS {
                let caustics = caustics.unwrap_or(waves.caustics);
                let (default, auto, chosen) = both(still, &WaveSettings { seed, caustics, ..waves })?;
                println!("{name:8} {strength:9} {caustics:8.1} | {default:8.3} {auto:7.3}  | {chosen}");
                most = most.max(default - auto);
            }
        }
    }
    println!("--auto loses {most:.4} at most");
    if most > MOST { Err(format!("more than {MOST} is lost").into()) } else { Ok(()) }
}

fn both(still: &Frame, waves: &WaveSettings) -> Result<(f64, f64, String), Box<dyn Error>> {
    let file = clip(still, *waves, FRAMES)?;
    let (clip, settings) = (Input::locate(&file.path)?, Settings::default());
    let found = survey(&clip, &settings, &Silent)?;
    let suggested = suggest(&found, &settings, &Given::default());
    let scored = |settings: &Settings| -> Result<f64, Box<dyn Error>> {
        Ok(ssim(&restore(&clip, settings, &Silent)?.still, still))
    };
    let default = scored(&settings)?;
    // The same settings give the same still.
    let auto = if suggested.settings == settings { default } else { scored(&suggested.settings)? };
    let camera = found.camera.map(|camera| format!("{camera:?}")).unwrap_or_default();
    let method = format!("{:?}", suggested.settings.method);
    Ok((default, auto, if auto == default { camera } else { format!("{method}, {camera}") }))
}
