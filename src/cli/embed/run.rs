//! Reads, fits, writes, tells.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use manifold::device::Device;
use manifold::embed::{Embedding, Model};
use manifold::points::Points;
use seethru::output::write_whole;

use super::args::{EmbedArgs, PrecomputedArg};
use super::check::check;
use super::fit::{self, Data, Fit};
use super::report::{Report, Timings};
use super::{plots, remedy};
use crate::cli::console::Console;
use crate::cli::stop::{Kept, Stop};
use crate::cli::table::{self, Choice, Place, Table};

/// Side of a video's patches where none is given.
const DEFAULT_PATCH: usize = 16;

/// What was read.
pub struct Source {
    pub data: Data,
    /// All of the file but its rows.
    pub labels: crate::cli::plot::Labels,
    pub size: Option<(usize, usize)>,
    pub pictures: Vec<seethru::video::Frame>,
}

pub fn run(args: &EmbedArgs, command: &str, device: &Device, console: &Console, stop: &Stop) -> Result<()> {
    check(args)?;
    let threads = args.threads.map_or(0, std::num::NonZeroUsize::get);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    pool.install(|| match (&args.data, &args.transform, &args.model) {
        (None, Some(new), Some(model)) => transform(args, new, model, console, stop),
        (Some(data), _, _) => embed(args, (command, device), data, console, stop),
        // clap asks for one of the two.
        _ => bail!("no data are given"),
    })
}

fn embed(
    args: &EmbedArgs,
    (command, device): (&str, &Device),
    path: &Path,
    console: &Console,
    stop: &Stop,
) -> Result<()> {
    let start = Instant::now();
    let source = read(args, path, console, stop).map_err(|error| stop.explain(error))?;
    let read = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let fit = {
        let bars = console.progress(stop.clone());
        fit::fit(args, &source.data, device, &bars)
            .map_err(|error| remedy::in_options(error, args, path, &source.data))
    };
    let fit = fit.map_err(|error| stop.explain(error))?;
    let seconds = start.elapsed().as_secs_f64();
    if !fit.stopped {
        stop.check()?;
    }
    if let Some(kept) = &fit.kept {
        console.warning(&format!(
            "{} of the {} rows are in other components of the graph and have no coordinates (NaN)",
            source.data.n() - kept.len(),
            source.data.n()
        ));
    }
    let start = Instant::now();
    write(args, &source, &fit)?;
    let timings = Timings { read, fit: seconds, write: start.elapsed().as_secs_f64() };
    let report = Report::new(args, (command, device), path, &source, &fit, timings);
    if args.json {
        report.print()?;
    }
    if fit.stopped {
        return Err(Kept(report.summary()).into());
    }
    console.summary(&report.summary());
    Ok(())
}

fn read(args: &EmbedArgs, path: &Path, console: &Console, stop: &Stop) -> Result<Source> {
    let bars = console.progress(stop.clone());
    let table = match args.precomputed {
        Some(PrecomputedArg::Distances) => return bare(args, Data::Distances(table::read_distances(path)?)),
        Some(PrecomputedArg::Graph) => return bare(args, Data::Graph(table::read_graph(path)?)),
        None => table::read(path, &choice(args), &bars)?,
    };
    let Table { points, size, pictures, labels, .. } = table;
    ensure!(
        !args.thumbnails || size.is_some(),
        "--thumbnails: the rows of {} are no pictures (an array of rows x height x width, a folder of images or a \
         video would be): leave it out",
        path.display()
    );
    ensure!(
        args.dictionary.is_none() || size.is_some(),
        "--dictionary: the rows of {} are no pictures (an array of rows x height x width, a folder of images or a \
         video would be): leave it out",
        path.display()
    );
    let labels = match labels {
        Some(texts) => table::labels(&texts),
        None => read_labels(args, points.n())?,
    };
    Ok(Source { data: Data::Points(points), labels, size, pictures })
}

fn bare(args: &EmbedArgs, data: Data) -> Result<Source> {
    let labels = read_labels(args, data.n())?;
    Ok(Source { data, labels, size: None, pictures: Vec::new() })
}

fn read_labels(args: &EmbedArgs, n: usize) -> Result<crate::cli::plot::Labels> {
    args.labels.as_ref().map_or(Ok(crate::cli::plot::Labels::None), |path| table::read_labels(path, n))
}

fn choice(args: &EmbedArgs) -> Choice {
    let side = args.patch.map_or(DEFAULT_PATCH, std::num::NonZeroUsize::get);
    Choice {
        array: args.array.clone(),
        columns: args.columns.clone(),
        label_column: args.label_column.clone(),
        side: args.side.get(),
        place: args.at.map(|corner| Place { x: corner.x, y: corner.y, side }),
    }
}

fn write(args: &EmbedArgs, source: &Source, fit: &Fit) -> Result<()> {
    if let Some(path) = &args.output {
        match &fit.kept {
            Some(kept) => {
                let all = spread(&fit.embedding, kept, source.data.n());
                table::write_embedding(path, &all, fit.embedding.dimensions())?;
            }
            None => table::write_embedding(path, fit.embedding.coordinates(), fit.embedding.dimensions())?,
        }
    }
    if let (Some(path), Some(model)) = (&args.model, &fit.model) {
        write_whole(path, &model.to_bytes()?)?;
    }
    plots::write(args, source, fit)
}

/// The rows that were left out as NaN.
fn spread(embedding: &Embedding, kept: &[u32], n: usize) -> Vec<f64> {
    let dimensions = embedding.dimensions();
    let mut all = vec![f64::NAN; n * dimensions];
    for (at, &row) in kept.iter().enumerate() {
        all[row as usize * dimensions..][..dimensions].copy_from_slice(embedding.point(at));
    }
    all
}

fn transform(args: &EmbedArgs, new: &Path, path: &Path, console: &Console, stop: &Stop) -> Result<()> {
    let start = Instant::now();
    let bytes = std::fs::read(path).with_context(|| format!("--model: {} cannot be read", path.display()))?;
    let model = Model::from_bytes(&bytes).with_context(|| format!("--model: {}", path.display()))?;
    let table = {
        let bars = console.progress(stop.clone());
        table::read(new, &choice(args), &bars).map_err(|error| stop.explain(error))?
    };
    let points: &Points = &table.points;
    let embedding = {
        let bars = console.progress(stop.clone());
        model.transform(points, &bars).map_err(|error| remedy::of_new_rows(error, new, path))
    };
    let embedding = embedding.map_err(|error| stop.explain(error))?;
    stop.check()?;
    if let Some(path) = &args.output {
        table::write_embedding(path, embedding.coordinates(), embedding.dimensions())?;
    }
    if let Some(path) = &args.plot {
        let labels = match &table.labels {
            Some(texts) => table::labels(texts),
            None => read_labels(args, points.n())?,
        };
        plots::write_scatter(path, &embedding, &labels)?;
    }
    console.summary(&format!(
        "embedded {} new rows with the {} model {}, {:.1} s",
        embedding.n(),
        model.method(),
        path.display(),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}
