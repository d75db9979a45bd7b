//! Restores the sample clip: `cargo run --release --example restore`.

use seethru::progress::Silent;
use seethru::video::write_still;
use seethru::{Input, Settings, restore};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clip = Input::locate("samples/wavy.mp4")?;
    let restored = restore(&clip, &Settings::default(), &Silent)?;
    std::fs::create_dir_all("out")?;
    write_still("out/restored.png".as_ref(), &restored.still)?;
    println!("out/restored.png: from {} frames", restored.frames_used);
    Ok(())
}
