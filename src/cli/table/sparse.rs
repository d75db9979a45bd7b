//! SciPy's sparse matrices (`scipy.sparse.save_npz`), read as dense tables.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use npyz::{DType, Deserialize, NpyFile, Order, TypeChar};
use zip::ZipArchive;

use super::array::{self, Array, Numbers};
use super::{Assumption, Limit, strings};
use crate::cli::counted::counted;

type Archive = ZipArchive<BufReader<File>>;

/// What SciPy calls its formats.
const FORMATS: [&str; 7] = ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"];
/// A name that takes more bytes is none of a format.
const LONGEST: usize = 64;
const REMEDY: &str = "save it again with scipy.sparse.save_npz";

/// A sparse matrix as a table.
pub(super) struct Dense {
    pub(super) array: Array,
    /// What it was.
    pub(super) note: Assumption,
}

/// Whether an archive is a sparse matrix, and its format; an error if it is one without a format.
pub(super) fn format(path: &Path, archive: &mut Archive, limit: Limit) -> Result<Option<String>> {
    let names = array::names(archive);
    let has = |parts: &[&str]| parts.iter().all(|part| names.iter().any(|name| name == part));
    if !has(&["format"]) {
        ensure!(
            !has(&["data", "indices", "indptr"]),
            "{} holds the arrays of a sparse matrix, and not its format: {REMEDY}, or choose one with --array",
            path.display()
        );
        return Ok(None);
    }
    let file = array::opened_member(path, archive, "format")?;
    if !strings::are_strings(&file) || file.len() != 1 || file.dtype().num_bytes().is_none_or(|n| n > LONGEST)
    {
        return Ok(None);
    }
    let format = strings::strings(path, file, limit)?.concat();
    Ok((FORMATS.contains(&format.as_str()) || has(&["data", "shape"])).then_some(format))
}

/// Reads the matrix in this format; entries that are stored twice are summed.
pub(super) fn read(path: &Path, archive: &mut Archive, format: &str, limit: Limit) -> Result<Dense> {
    let name = path.display();
    ensure!(
        ["csr", "csc", "coo"].contains(&format),
        "{name} is a sparse matrix in the format {format:?}, which is not read: save it as CSR with \
         scipy.sparse.save_npz(FILE, matrix.tocsr())"
    );
    let (rows, columns) = shape(path, archive, limit)?;
    let data = Data::read(path, archive, limit)?;
    let entries = data.len();
    let starts = if format == "csr" { rows } else { columns };
    let starts = if format == "coo" { 0 } else { starts.saturating_add(1) };
    // The table, and what is held beside it: a value, and its places as they are stored and as they are used.
    let beside = 8 * (entries as u128) + 16 * (2 * entries as u128 + starts as u128);
    limit.allow(path, rows as u128 * columns as u128 * data.bytes_each() + beside)?;
    let places = match format {
        "coo" => coordinates(path, archive, limit)?,
        _ => compressed(path, archive, format, starts, limit)?,
    };
    let [row, column] = &places;
    ensure!(
        row.len() <= entries && row.len() == column.len() && (format != "coo" || row.len() == entries),
        "{name}: the array data has {entries} values, for {} rows and {} columns of entries: {REMEDY}",
        row.len(),
        column.len()
    );
    for (what, places, most) in [("row", row, rows), ("column", column, columns)] {
        if let Some(at) = places.iter().position(|&place| !(0..most as i64).contains(&place)) {
            bail!(
                "{name}: entry {at} stands in {what} {}, and its shape is {rows} x {columns}: {REMEDY}",
                places[at]
            );
        }
    }
    let (numbers, filled) = data.dense(row, column, rows, columns).with_context(|| name.to_string())?;
    Ok(Dense {
        array: Array { shape: vec![rows, columns], numbers },
        note: told(path, format, [rows, columns], filled),
    })
}

fn told(path: &Path, format: &str, [rows, columns]: [usize; 2], filled: usize) -> Assumption {
    let all = rows as f64 * columns as f64;
    let share = if all > 0.0 { 100.0 * filled as f64 / all } else { 0.0 };
    Assumption::Told(format!(
        "{}: a sparse matrix ({}) of {} x {}, read as a dense table: {filled} of its {all:.0} values are not 0 \
         ({share:.3}%)",
        path.display(),
        format.to_uppercase(),
        counted(rows, "row"),
        counted(columns, "column"),
    ))
}

/// Rows and columns.
fn shape(path: &Path, archive: &mut Archive, limit: Limit) -> Result<(usize, usize)> {
    let name = path.display();
    let (_, lengths) = integers(path, archive, "shape", limit)?;
    let shown = || lengths.iter().map(i64::to_string).collect::<Vec<_>>().join(" x ");
    let &[rows, columns] = lengths.as_slice() else {
        bail!(
            "{name}: a sparse array of {}; a matrix of rows and columns is needed",
            counted(lengths.len(), "dimension")
        )
    };
    let (Ok(rows), Ok(columns)) = (usize::try_from(rows), usize::try_from(columns)) else {
        bail!("{name} claims the shape {}, which is negative: {REMEDY}", shown())
    };
    // The least that such a table takes.
    limit.allow_numbers(path, rows, columns, size_of::<f32>())?;
    Ok((rows, columns))
}

/// The stored values.
struct Data {
    numbers: Numbers,
    /// Whether they are true and false, whose sum is true.
    flags: bool,
}

impl Data {
    fn read(path: &Path, archive: &mut Archive, limit: Limit) -> Result<Data> {
        let file = array::opened_member(path, archive, "data")?;
        let flags = matches!(file.dtype(), DType::Plain(kind) if kind.type_char() == TypeChar::Bool);
        let name = path.display();
        let array = array::array(path, file, limit).with_context(|| format!("{name}: array data"))?;
        ensure!(
            array.shape.len() == 1,
            "{name}: the array data has {} axes, and one is needed: {REMEDY}",
            array.shape.len()
        );
        Ok(Data { numbers: array.numbers, flags })
    }

    fn len(&self) -> usize {
        match &self.numbers {
            Numbers::Single(values) => values.len(),
            Numbers::Double(values) => values.len(),
        }
    }

    /// Bytes of each number of the table while it is read.
    fn bytes_each(&self) -> u128 {
        match self.numbers {
            Numbers::Single(_) => 4,
            Numbers::Double(_) => 8 + 4,
        }
    }

    /// The table row by row, and how many of its values are not 0. All places lie in it.
    fn dense(self, row: &[i64], column: &[i64], rows: usize, columns: usize) -> Result<(Numbers, usize)> {
        fn summed<T: Copy + Default + PartialEq>(
            length: usize,
            entries: impl Iterator<Item = (usize, T)>,
            sum: impl Fn(T, T) -> T,
        ) -> Result<(Vec<T>, usize)> {
            let mut all = Vec::new();
            all.try_reserve_exact(length).context("there is not enough memory for it as a dense table")?;
            all.resize(length, T::default());
            for (at, value) in entries {
                all[at] = sum(all[at], value);
            }
            let filled = all.iter().filter(|&&value| value != T::default()).count();
            Ok((all, filled))
        }
        let places = row.iter().zip(column).map(|(&i, &j)| i as usize * columns + j as usize);
        Ok(match self.numbers {
            Numbers::Single(values) => {
                let sum = |a: f32, b: f32| if self.flags { a.max(b) } else { a + b };
                let (all, filled) = summed(rows * columns, places.zip(values), sum)?;
                (Numbers::Single(all), filled)
            }
            Numbers::Double(values) => {
                let (all, filled) = summed(rows * columns, places.zip(values), |a: f64, b| a + b)?;
                (Numbers::Double(all), filled)
            }
        })
    }
}

/// Rows and columns of the entries of COO: `row` and `col`, or `coords` since SciPy 1.13.
fn coordinates(path: &Path, archive: &mut Archive, limit: Limit) -> Result<[Vec<i64>; 2]> {
    if !array::names(archive).iter().any(|name| name == "coords") {
        return Ok([integers(path, archive, "row", limit)?.1, integers(path, archive, "col", limit)?.1]);
    }
    let (order, both) = integers(path, archive, "coords", limit)?;
    let half = both.len() / 2;
    Ok(match order {
        Order::C => [both[..half].to_vec(), both[half..].to_vec()],
        Order::Fortran => {
            [both.iter().copied().step_by(2).collect(), both.iter().copied().skip(1).step_by(2).collect()]
        }
    })
}

/// Rows and columns of the entries of CSR and CSC.
fn compressed(
    path: &Path,
    archive: &mut Archive,
    format: &str,
    starts: usize,
    limit: Limit,
) -> Result<[Vec<i64>; 2]> {
    let name = path.display();
    let (_, mut minor) = integers(path, archive, "indices", limit)?;
    let (_, indptr) = integers(path, archive, "indptr", limit)?;
    ensure!(
        indptr.len() == starts,
        "{name}: the array indptr has {} entries, and its shape asks for {starts}: {REMEDY}",
        indptr.len()
    );
    ensure!(indptr[0] == 0, "{name}: the array indptr begins with {} instead of 0: {REMEDY}", indptr[0]);
    if let Some(at) = indptr.windows(2).position(|pair| pair[0] > pair[1]) {
        bail!("{name}: the array indptr falls from {} to {}: {REMEDY}", indptr[at], indptr[at + 1]);
    }
    let stored = indptr[starts - 1] as usize;
    ensure!(
        stored <= minor.len(),
        "{name}: the array indptr ends with {stored}, and indices has {} entries: {REMEDY}",
        minor.len()
    );
    // SciPy may leave room behind the last entry.
    minor.truncate(stored);
    let lengths = indptr.windows(2).map(|pair| (pair[1] - pair[0]) as usize);
    let major = lengths.enumerate().flat_map(|(at, n)| std::iter::repeat_n(at as i64, n)).collect();
    Ok(if format == "csr" { [major, minor] } else { [minor, major] })
}

/// The whole numbers of an array, in the order of the file.
fn integers(path: &Path, archive: &mut Archive, part: &str, limit: Limit) -> Result<(Order, Vec<i64>)> {
    let file = array::opened_member(path, archive, part)?;
    let name = path.display();
    let DType::Plain(kind) = file.dtype() else {
        bail!("{name}: array {part}: its rows are records; whole numbers are needed")
    };
    limit.allow_numbers(path, file.len() as usize, 1, kind.num_bytes().unwrap_or(0).saturating_add(8))?;
    let order = file.order();
    let values = match (kind.type_char(), kind.size_field()) {
        (TypeChar::Int, 8) => whole(file, Some),
        (TypeChar::Int, 4) => whole(file, |x: i32| Some(x.into())),
        (TypeChar::Int, 2) => whole(file, |x: i16| Some(x.into())),
        (TypeChar::Int, 1) => whole(file, |x: i8| Some(x.into())),
        (TypeChar::Uint, 8) => whole(file, |x: u64| x.try_into().ok()),
        (TypeChar::Uint, 4) => whole(file, |x: u32| Some(x.into())),
        (TypeChar::Uint, 2) => whole(file, |x: u16| Some(x.into())),
        (TypeChar::Uint, 1) => whole(file, |x: u8| Some(x.into())),
        _ => bail!("{name}: array {part}: its type is {kind}; whole numbers are needed: {REMEDY}"),
    };
    Ok((order, values.with_context(|| format!("{name}: array {part}"))?))
}

fn whole<R: Read, T: Deserialize>(file: NpyFile<R>, to: impl Fn(T) -> Option<i64>) -> Result<Vec<i64>> {
    let values = file.into_vec::<T>().context("its data end early: save it again")?;
    values.into_iter().map(|x| to(x).context("it holds a number beyond 2^63: save it again")).collect()
}
