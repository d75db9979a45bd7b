//! Options of how tables are read, for all commands that read some.

use clap::Args;

use super::console::Console;
use super::table::{Assumption, Choice, Decimal, HeaderArg, Limit};
use super::values;

/// Which parts of a table are coordinates, and how its text is meant.
#[derive(Args, Clone, Debug)]
pub(crate) struct ReadingArgs {
    /// The array of an .npz file [default: the only one, or X; SciPy's save_npz of CSR, CSC or COO as a dense table]
    #[arg(long, value_name = "NAME")]
    pub(crate) array: Option<String>,
    /// Columns of a text or Parquet file, by name or number from 0 [default: all]
    #[arg(long, value_name = "A,B,..", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// The column of a text or Parquet file that holds labels
    #[arg(long, value_name = "NAME")]
    pub(crate) label_column: Option<String>,
    /// The column of a text or Parquet file that names the rows [default: an index, if there is one]
    #[arg(long, alias = "id", value_name = "NAME")]
    pub(crate) id_column: Option<String>,
    /// Whether the first line of text names the columns [default: auto]
    #[arg(long, value_name = "HOW")]
    pub(crate) header: Option<HeaderArg>,
    /// Decimal separator; with a comma, fields are separated by semicolons, tabs or blanks [default: .]
    #[arg(long, value_name = "SIGN")]
    pub(crate) decimal: Option<Decimal>,
    /// Limit on the memory that reading a table and holding all pairs of its rows take: KiB, MiB, GiB, KB, MB, GB
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = values::bytes, allow_hyphen_values = true)]
    pub(crate) memory: u64,
}

impl ReadingArgs {
    pub(crate) fn limit(&self) -> Limit {
        Limit(self.memory)
    }

    pub(crate) fn choice(&self) -> Choice {
        Choice {
            array: self.array.clone(),
            columns: self.columns.clone(),
            label_column: self.label_column.clone(),
            id_column: self.id_column.clone(),
            header: self.header,
            decimal: self.decimal,
            limit: self.limit(),
            ..Choice::default()
        }
    }
}

/// Says what was assumed of a table.
pub(crate) fn tell(notes: &[Assumption], console: &Console) {
    for note in notes {
        match note {
            Assumption::Told(text) => console.summary(text),
            Assumption::Doubt(text) => console.warning(text),
        }
    }
}

/// The same for a report.
pub(crate) fn texts(notes: &[Assumption]) -> Vec<String> {
    notes.iter().map(|note| note.text().to_owned()).collect()
}
