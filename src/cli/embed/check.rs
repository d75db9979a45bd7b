//! What is typed is checked as a whole before anything is read: options that the method does not
//! have, outputs that cannot be written or would fall on one another.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use seethru::output::check_writable;

use super::args::{EmbedArgs, MethodArg, PrecomputedArg, SolverArg, StartArg};
use crate::cli::table;

use MethodArg::{
    FactorAnalysis, Flow, Ica, Isomap, KernelPca, Laplacian, Lle, Mds, Nmf, Pca, Smacof, Sne, Tsne,
};

const NEIGHBORS: &[MethodArg] = &[Isomap, Flow, Laplacian, Lle];
const GRAPH: &[MethodArg] = &[Isomap, Flow, Laplacian];
const NEIGHBORHOOD: &[MethodArg] = &[Tsne, Sne];
const DISTANCES: &[MethodArg] = &[Mds, Smacof, Isomap, Flow, Laplacian, Tsne, Sne];
const LENGTHS: &[MethodArg] = &[Isomap, Flow, Laplacian];
const SCALING: &[MethodArg] = &[Mds, Smacof, Isomap];
const COMPONENTS: &[MethodArg] = &[Pca, Ica, Nmf, FactorAnalysis];
const SPECTRAL: &[MethodArg] = &[Pca, KernelPca, Mds, Isomap, Flow, Laplacian];
const STEPS: &[MethodArg] = &[Tsne, Sne, Smacof, Ica, Nmf, FactorAnalysis];
const STOPPABLE: &[MethodArg] = &[Tsne, Sne, Smacof];
const TRANSFORM: &[MethodArg] =
    &[Pca, KernelPca, FactorAnalysis, Ica, Nmf, Isomap, Laplacian, Lle, Tsne, Sne];

/// Refuses what cannot be done, in words of the command line.
pub fn check(args: &EmbedArgs) -> Result<()> {
    match args.transform {
        Some(_) => of_model(args)?,
        None => options(args)?,
    }
    outputs(args)
}

/// What a model that is read has settled, or does not know.
fn of_model(args: &EmbedArgs) -> Result<()> {
    let unknown = [
        ("--spectrum", args.spectrum.is_some()),
        ("--dictionary", args.dictionary.is_some()),
        ("--shepard", args.shepard.is_some()),
        ("--thumbnails", args.thumbnails),
        ("--precomputed", args.precomputed.is_some()),
        ("--json", args.json),
    ];
    match unknown.into_iter().find(|&(_, given)| given) {
        Some((option, _)) => bail!("{option} cannot be had with --transform: leave it out"),
        None => Ok(()),
    }
}

fn options(args: &EmbedArgs) -> Result<()> {
    let given: [(&str, bool, &[MethodArg]); 26] = [
        ("--neighbors", args.neighbors.is_some(), NEIGHBORS),
        ("--mutual", args.mutual, GRAPH),
        ("--radius", args.radius.is_some(), GRAPH),
        ("--disconnected", args.disconnected.is_some(), GRAPH),
        ("--search", args.search.is_some(), NEIGHBORHOOD),
        ("--solver", args.solver.is_some(), &[Pca, Nmf]),
        ("--whiten", args.whiten, &[Pca]),
        ("--kernel", args.kernel.is_some(), &[KernelPca]),
        ("--gamma", args.gamma.is_some(), &[KernelPca]),
        ("--degree", args.degree.is_some(), &[KernelPca]),
        ("--contrast", args.contrast.is_some(), &[Ica]),
        ("--non-metric", args.non_metric, &[Smacof]),
        ("--landmarks", args.landmarks.is_some(), &[Isomap]),
        ("--cost", args.cost.is_some(), &[Flow]),
        ("--weights", args.weights.is_some(), &[Laplacian]),
        ("--laplacian", args.laplacian.is_some(), &[Laplacian]),
        ("--modified", args.modified, &[Lle]),
        ("--perplexity", args.perplexity.is_some(), NEIGHBORHOOD),
        ("--degrees-of-freedom", args.degrees_of_freedom.is_some(), &[Tsne]),
        ("--gradient", args.gradient.is_some(), NEIGHBORHOOD),
        ("--exaggeration", args.exaggeration.is_some(), NEIGHBORHOOD),
        ("--learning-rate", args.learning_rate.is_some(), NEIGHBORHOOD),
        ("--steps", args.steps.is_some(), STEPS),
        ("--start", args.start.is_some(), &[Tsne, Sne, Smacof]),
        ("--keep", args.keep, STOPPABLE),
        ("--model", args.model.is_some(), TRANSFORM),
    ];
    let plots: [(&str, bool, &[MethodArg]); 3] = [
        ("--shepard", args.shepard.is_some(), SCALING),
        ("--dictionary", args.dictionary.is_some(), COMPONENTS),
        ("--spectrum", args.spectrum.is_some(), SPECTRAL),
    ];
    for (option, given, methods) in given.into_iter().chain(plots) {
        if given && !methods.contains(&args.method) {
            bail!(
                "{option} is for --method {}, not for {}: leave it out, or choose such a method",
                list(methods),
                name(args.method)
            );
        }
    }
    choices(args)?;
    precomputed(args)
}

/// Values of options that only one of their methods has.
fn choices(args: &EmbedArgs) -> Result<()> {
    use SolverArg::{Auto, Coordinate, Eigen, Multiplicative, Randomized, Svd};
    let solvers: &[SolverArg] =
        if args.method == Nmf { &[Coordinate, Multiplicative] } else { &[Auto, Eigen, Svd, Randomized] };
    if let Some(solver) = args.solver
        && !solvers.contains(&solver)
    {
        bail!("--solver: {} has the solvers {}", name(args.method), list(solvers));
    }
    let starts: &[StartArg] = match args.method {
        Smacof => &[StartArg::Classical, StartArg::Random],
        _ => &[StartArg::Pca, StartArg::Random],
    };
    if let Some(start) = args.start
        && !starts.contains(&start)
    {
        bail!("--start: {} has the starts {}", name(args.method), list(starts));
    }
    Ok(())
}

fn precomputed(args: &EmbedArgs) -> Result<()> {
    let (what, methods) = match args.precomputed {
        None => return Ok(()),
        Some(PrecomputedArg::Distances) => ("distances", DISTANCES),
        Some(PrecomputedArg::Graph) => ("graph", LENGTHS),
    };
    ensure!(
        methods.contains(&args.method),
        "--precomputed {what} is for --method {}; {} needs the rows themselves",
        list(methods),
        name(args.method)
    );
    ensure!(
        args.model.is_none(),
        "--model: a model of precomputed {what} cannot place new rows; leave it out"
    );
    let rows = [
        ("--columns", !args.columns.is_empty()),
        ("--label-column", args.label_column.is_some()),
        ("--at", args.at.is_some()),
        ("--thumbnails", args.thumbnails),
    ];
    match rows.into_iter().find(|&(_, given)| given) {
        Some((option, _)) => bail!("{option} is about rows, and --precomputed {what} has none: leave it out"),
        None => Ok(()),
    }
}

fn outputs(args: &EmbedArgs) -> Result<()> {
    let written = if args.transform.is_some() { None } else { args.model.as_deref() };
    let files: [(&str, Option<&Path>); 6] = [
        ("--output", args.output.as_deref()),
        ("--plot", args.plot.as_deref()),
        ("--spectrum", args.spectrum.as_deref()),
        ("--dictionary", args.dictionary.as_deref()),
        ("--shepard", args.shepard.as_deref()),
        ("--model", written),
    ];
    let files: Vec<(&str, &Path)> =
        files.into_iter().filter_map(|(option, path)| Some((option, path?))).collect();
    ensure!(!files.is_empty() || args.json, "nothing would be written: give -o FILE, --plot FILE or --json");
    let inputs = [&args.data, &args.transform, &args.labels].into_iter().flatten();
    let sources: Vec<_> = inputs.flat_map(|path| table::sources(path)).collect();
    for (at, &(option, path)) in files.iter().enumerate() {
        match option {
            "--output" => table::check_embedding(path)?,
            "--model" => check_writable(path).context(option)?,
            _ => check_plot(path, option)?,
        }
        ensure!(
            !sources.iter().any(|source| same(source, path)),
            "{option} {}: this is the input; name another output",
            path.display()
        );
        if let Some((other, _)) = files[..at].iter().find(|(_, earlier)| same(earlier, path)) {
            bail!("{other} and {option} are both {}; name two files", path.display());
        }
    }
    Ok(())
}

fn check_plot(path: &Path, option: &'static str) -> Result<()> {
    let extension = path.extension().and_then(|text| text.to_str()).map(str::to_ascii_lowercase);
    ensure!(
        matches!(extension.as_deref(), Some("svg" | "png")),
        "{option} {}: plots are written as .svg or .png; name it so",
        path.display()
    );
    check_writable(path).context(option)
}

fn same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// As the value is typed.
pub fn name(value: impl clap::ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn list<V: clap::ValueEnum + Copy>(values: &[V]) -> String {
    let names: Vec<String> = values.iter().map(|&value| name(value)).collect();
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        embed: EmbedArgs,
    }

    fn refused(words: &str) -> String {
        let words = ["embed", "data.npy"].into_iter().chain(words.split(' '));
        check(&Program::try_parse_from(words).unwrap().embed).unwrap_err().to_string()
    }

    #[test]
    fn options_of_other_methods_are_named() {
        let cases = [
            ("--method pca --perplexity 5 -o o.npy", "--perplexity is for --method tsne or sne, not for pca"),
            (
                "--method tsne --neighbors 5 -o o.npy",
                "--neighbors is for --method isomap, flow, laplacian or lle",
            ),
            ("--method pca --solver coordinate -o o.npy", "--solver: pca has the solvers auto, eigen"),
            ("--method smacof --start pca -o o.npy", "--start: smacof has the starts classical or random"),
            ("--method pca --precomputed distances -o o.npy", "--precomputed distances is for --method mds"),
            ("--method mds --model m.bin -o o.npy", "--model is for"),
            ("--method pca --shepard s.svg -o o.npy", "--shepard is for --method mds, smacof or isomap"),
        ];
        for (words, hint) in cases {
            assert!(refused(words).contains(hint), "{words}: {}", refused(words));
        }
    }

    #[test]
    fn outputs_are_checked() {
        assert!(refused("--method pca").contains("nothing would be written"));
        assert!(refused("-o o.txt").contains(".npy or .csv"));
        assert!(refused("-o o.npy --plot o.jpg").contains(".svg or .png"));
        assert!(refused("-o data.npy").contains("this is the input"));
        assert!(
            refused("--plot a.svg --method pca --spectrum a.svg")
                .contains("--plot and --spectrum are both a.svg")
        );
    }
}
