//! Unrolls a spiral sheet: `cargo run --release --example embed`.

use seethru::manifold::embed::{Fit, Isomap};
use seethru::manifold::points::Points;
use seethru::progress::Silent;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let values = (0..1000)
        .flat_map(|i| {
            let (turn, height) = (3.0 + 9.0 * (i % 50) as f32 / 50.0, (i / 50) as f32);
            [turn * turn.cos(), height, turn * turn.sin()]
        })
        .collect();
    let points = Points::new(values, 3)?;
    let model = Isomap::new(2).fit(&points, &Silent)?;
    println!("residual variance {:.4}", model.residual_variance());
    println!("the first point lies at {:?}", model.embedding().point(0));
    Ok(())
}
