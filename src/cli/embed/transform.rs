//! `seethru embed transform`: new rows, placed with a fitted model.

use std::time::Instant;

use anyhow::{Context as _, Result};
use manifold::embed::{Model, Transform};

use super::args::TransformArgs;
use super::{outputs, plots, remedy, rows};
use crate::cli::console::Console;
use crate::cli::outputs::Outputs;
use crate::cli::stop::Stop;
use crate::cli::table;

pub(crate) fn transform(args: &TransformArgs, console: &Console, stop: &Stop) -> Result<()> {
    outputs::check_transform(&args.output, &args.table, &args.model)?;
    let start = Instant::now();
    let (new, path) = (&args.table.data, &args.model);
    let bytes = std::fs::read(path).with_context(|| format!("--model: {} cannot be read", path.display()))?;
    let model = Model::from_bytes(&bytes).with_context(|| format!("--model: {}", path.display()))?;
    let (table, embedding) = {
        let bars = console.progress(stop.clone());
        let table = table::read(new, &args.table.choice(), &bars).map_err(|error| stop.explain(error))?;
        let embedding = model.transform(&table.points, &bars);
        let embedding = embedding.map_err(|error| stop.explain(remedy::of_new_rows(error, new, path)))?;
        (table, embedding)
    };
    stop.check()?;
    let mut outputs = Outputs::new(stop);
    if let Some(path) = &args.output.output {
        outputs.make(path, |path| {
            table::write_embedding(path, embedding.coordinates(), embedding.dimensions())
        })?;
    }
    if let Some(path) = &args.output.plot {
        let labels = rows::labels(&args.table, &table)?;
        outputs.make(path, |path| plots::write_scatter(path, &embedding, &labels))?;
    }
    outputs.appear()?;
    console.summary(&format!(
        "embedded {} new rows with the {} model {}, {:.1} s",
        embedding.n(),
        model.method(),
        path.display(),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}
