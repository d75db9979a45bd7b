//! Doors for the fuzz targets (`fuzz/`), which call the program's readers as its commands do.

use std::ffi::OsString;
use std::path::Path;

use manifold::progress::Silent;

use super::table::{self, Choice, Decimal, HeaderArg, Limit};
use super::{Invocation, batch, values};

/// How text is meant; of all else what a command takes by default.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Whether the first line names the columns: no, yes, or as it looks.
    pub header: Option<bool>,
    /// Whether the decimal sign is a comma.
    pub comma: bool,
    /// Whether the first column holds labels.
    pub labels: bool,
}

/// Rows of a file, by its ending, in `memory` bytes.
pub fn table(path: &Path, memory: u64) -> bool {
    read(path, &Choice { limit: Limit(memory), ..Choice::default() })
}

/// Rows of text.
pub fn text(path: &Path, how: Text, memory: u64) -> bool {
    read(
        path,
        &Choice {
            header: how.header.map(|named| if named { HeaderArg::Yes } else { HeaderArg::No }),
            decimal: how.comma.then_some(Decimal::Comma),
            label_column: how.labels.then(|| "0".to_owned()),
            limit: Limit(memory),
            ..Choice::default()
        },
    )
}

fn read(path: &Path, choice: &Choice) -> bool {
    table::read(path, choice, &Silent).is_ok()
}

/// Labels of `n` rows.
pub fn labels(path: &Path, n: usize, memory: u64) -> bool {
    table::read_labels(path, n, Limit(memory)).is_ok()
}

/// A square matrix of distances, or its upper triangle.
pub fn distances(path: &Path, memory: u64) -> bool {
    table::read_distances(path, Limit(memory)).is_ok()
}

/// A graph that was computed elsewhere.
pub fn graph(path: &Path, memory: u64) -> bool {
    table::read_graph(path, Limit(memory)).is_ok()
}

/// A list of clips.
pub fn list(path: &Path) -> bool {
    batch::list::rows(path).is_ok()
}

/// The manifest of a batch, in its output folder.
pub fn manifest(folder: &Path) -> bool {
    batch::manifest::peek(folder, batch::manifest::Mode::Resume).is_ok()
}

/// A call of the program with the words of a configuration file.
pub fn configuration(words: &[&str]) -> bool {
    Invocation::new(words.iter().map(OsString::from).collect()).is_ok()
}

/// What `--cost` takes.
pub fn cost(text: &str) -> Option<manifold::flow::EdgeCost> {
    values::cost(text).ok()
}
