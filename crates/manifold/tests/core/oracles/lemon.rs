//! Runs `lemon.cc`, compiled once into cargo's directory for test files.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use manifold::graph::Graph;

/// A minimum-cost flow problem on an undirected graph with parallel pieces per edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Units that each node sends out; negative for what it takes in. They add up to 0.
    pub supplies: Vec<i64>,
    pub edges: Vec<Edge>,
}

/// An edge that carries load in either direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub u: usize,
    pub v: usize,
    pub pieces: Vec<Piece>,
}

/// `capacity` units (`None`: any number) at `cost` each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    pub capacity: Option<i64>,
    pub cost: i64,
}

/// A proven optimum.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    pub cost: i64,
    /// p_v - p_u is at most the cost of every arc (u, v) with room left. Not unique.
    pub potentials: Vec<i64>,
    /// Mean over the repeats; building the network is not counted.
    pub microseconds: f64,
}

/// The costs of sending one unit from each node to every other node.
#[derive(Clone, Debug, PartialEq)]
pub struct AllSources {
    /// `None` where no flow fits the capacities.
    pub costs: Vec<Option<i64>>,
    /// All solves together.
    pub microseconds: f64,
}

impl Problem {
    /// The pieces of an edge are what `pieces` returns for its length.
    pub fn new(graph: &Graph, supplies: Vec<i64>, pieces: impl Fn(i64) -> Vec<Piece>) -> Problem {
        assert_eq!(supplies.len(), graph.nodes());
        let edge = |e| {
            let (u, v) = graph.ends(e);
            Edge { u, v, pieces: pieces(graph.length(e)) }
        };
        Problem { supplies, edges: (0..graph.edges()).map(edge).collect() }
    }

    /// One unit from `source` to every other node.
    pub fn one_to_all(graph: &Graph, source: usize, pieces: impl Fn(i64) -> Vec<Piece>) -> Problem {
        let mut supplies = vec![-1; graph.nodes()];
        supplies[source] = graph.nodes() as i64 - 1;
        Problem::new(graph, supplies, pieces)
    }

    /// `units` from `source` to `sink`.
    pub fn pairwise(
        graph: &Graph,
        (source, sink): (usize, usize),
        units: i64,
        pieces: impl Fn(i64) -> Vec<Piece>,
    ) -> Problem {
        let mut supplies = vec![0; graph.nodes()];
        supplies[source] += units;
        supplies[sink] -= units;
        Problem::new(graph, supplies, pieces)
    }

    fn text(&self) -> String {
        let mut text = format!("{} {}\n", self.supplies.len(), self.edges.len());
        for supply in &self.supplies {
            text += &format!("{supply} ");
        }
        text.push('\n');
        for Edge { u, v, pieces } in &self.edges {
            text += &format!("{u} {v} {}", pieces.len());
            for piece in pieces {
                text += &format!(" {} {}", piece.capacity.unwrap_or(-1), piece.cost);
            }
            text.push('\n');
        }
        text
    }
}

/// One piece without limit: linear cost.
pub fn linear(length: i64) -> Vec<Piece> {
    vec![Piece { capacity: None, cost: length }]
}

/// The compiled oracle.
pub struct Lemon {
    program: &'static Path,
}

/// The oracle, or `None` if the environment says to do without it.
pub fn lemon() -> Option<Lemon> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    if std::env::var_os("SEETHRU_WITHOUT_LEMON").is_some_and(|value| value == "1") {
        println!("skipped: SEETHRU_WITHOUT_LEMON=1 is set");
        return None;
    }
    Some(Lemon { program: PROGRAM.get_or_init(compile) })
}

/// Compiles into a name of its own and renames, so that tests in several processes never meet
/// half a program; the final name contains a hash of the source, so a changed source is noticed.
fn compile() -> PathBuf {
    let source = include_str!("lemon.cc");
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = folder.join(format!("lemon-{:016x}", hasher.finish()));
    if program.exists() {
        return program;
    }
    let own = folder.join(format!("lemon-{}", std::process::id()));
    let file = own.with_extension("cc");
    std::fs::write(&file, source).expect("writing the oracle's source");
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".into());
    let result =
        Command::new(&compiler).args(["-O3", "-DNDEBUG", "-std=c++14", "-o"]).args([&own, &file]).output();
    let advice = "install a C++ compiler and LEMON (Debian: g++ liblemon-dev), \
                  or set SEETHRU_WITHOUT_LEMON=1 to skip the tests that need them";
    let output = result.unwrap_or_else(|error| panic!("cannot run {compiler}: {error}; {advice}"));
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the oracle does not compile; {advice}\n{messages}");
    std::fs::remove_file(&file).expect("removing the oracle's source");
    std::fs::rename(&own, &program).expect("naming the oracle");
    program
}

impl Lemon {
    /// The optimum, or `None` if no flow fits the capacities.
    pub fn solve(&self, problem: &Problem) -> Option<Optimum> {
        self.time(problem, 1)
    }

    /// The same, solved `repeats` times on one network.
    pub fn time(&self, problem: &Problem, repeats: usize) -> Option<Optimum> {
        let answer = self.run(&["--time", &repeats.to_string()], problem);
        if answer.trim() == "infeasible" {
            return None;
        }
        Some(Optimum {
            cost: numbers(&answer, "cost")[0],
            potentials: numbers(&answer, "potentials"),
            microseconds: numbers(&answer, "microseconds")[0],
        })
    }

    /// One unit from each node to every other node; the problem's supplies do not matter.
    pub fn all_sources(&self, problem: &Problem) -> AllSources {
        let answer = self.run(&["--all"], problem);
        let costs: Vec<i64> = numbers(&answer, "costs");
        AllSources {
            costs: costs.into_iter().map(|cost| (cost >= 0).then_some(cost)).collect(),
            microseconds: numbers(&answer, "microseconds")[0],
        }
    }

    fn run(&self, arguments: &[&str], problem: &Problem) -> String {
        let mut child = Command::new(self.program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starting the oracle");
        let mut stdin = child.stdin.take().expect("the oracle's stdin");
        stdin.write_all(problem.text().as_bytes()).expect("writing to the oracle");
        drop(stdin);
        let output = child.wait_with_output().expect("waiting for the oracle");
        assert!(output.status.success(), "the oracle failed on {problem:?}");
        String::from_utf8(output.stdout).expect("the oracle's answer is text")
    }
}

fn numbers<T: std::str::FromStr>(answer: &str, name: &str) -> Vec<T> {
    let line = answer.lines().find(|line| line.split(' ').next() == Some(name));
    let words = line.unwrap_or_else(|| panic!("no '{name}' in the oracle's answer:\n{answer}"));
    let parse = |word: &str| word.parse().unwrap_or_else(|_| panic!("'{word}' is not a number"));
    words.split_whitespace().skip(1).map(parse).collect()
}
