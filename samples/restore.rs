//! Restores the sample clip: `cargo run --release --example restore`.

use std::num::NonZeroUsize;

use seethru::pipeline::{Baseline, FrameRange, Method, Settings, restore};
use seethru::progress::Silent;
use seethru::video::Input;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings {
        patch: 16,
        step: 8,
        frames: FrameRange { start: 0, end: None, every: NonZeroUsize::MIN },
        method: Method::Baseline(Baseline::NearestMedian),
        threads: None,
        memory: 2 << 30,
        comparisons: false,
    };
    let clip = Input::File("samples/wavy.mp4".into());
    let restored = restore(&clip, &settings, &Silent)?;
    std::fs::create_dir_all("out")?;
    seethru::synth::save_still("out/restored.png".as_ref(), &restored.picture)?;
    println!("out/restored.png: from {} frames", restored.frames_used);
    Ok(())
}
