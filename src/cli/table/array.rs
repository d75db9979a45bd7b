//! NumPy's .npy and .npz.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use manifold::points::Points;
use npyz::{DType, Deserialize, NpyFile, Order, TypeChar, TypeStr};
use zip::ZipArchive;
use zip::result::ZipError;

use super::sparse::{self, Dense};
use super::{Choice, Limit, Table, npy_header, open, read_points};

/// Names under which the array of points is looked for when an archive holds several.
const USUAL: [&str; 4] = ["X", "x", "data", "points"];

/// Numbers as precisely as the file has them.
pub(crate) enum Numbers {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

/// An array in C order.
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) numbers: Numbers,
}

impl Array {
    pub(crate) fn into_f64(self) -> Vec<f64> {
        match self.numbers {
            Numbers::Single(values) => values.into_iter().map(f64::from).collect(),
            Numbers::Double(values) => values,
        }
    }
}

pub(crate) fn read_npy(path: &Path, choice: &Choice) -> Result<Table> {
    table(path, array_npy(path, choice.limit)?, choice)
}

pub(crate) fn read_npz(path: &Path, choice: &Choice) -> Result<Table> {
    let mut archive = archive(path)?;
    let names = names(&archive);
    if choice.array.is_none()
        && let Some(format) = sparse::format(path, &mut archive, choice.limit)?
    {
        let Dense { array, note } = sparse::read(path, &mut archive, &format, choice.limit)?;
        return Ok(Table { notes: vec![note], ..table(path, array, choice)? });
    }
    let name = match &choice.array {
        Some(name) => name.clone(),
        None => match names.as_slice() {
            [only] => only.clone(),
            _ => USUAL.iter().find(|usual| names.iter().any(|name| name == *usual)).map_or_else(
                || bail!("{} holds the arrays {}: choose one with --array", path.display(), names.join(", ")),
                |name| Ok((*name).to_owned()),
            )?,
        },
    };
    table(path, member(path, &mut archive, &name, choice.limit)?, choice)
}

/// The array of an .npy file.
pub(crate) fn array_npy(path: &Path, limit: Limit) -> Result<Array> {
    array(path, opened(path)?, limit).map_err(|error| within(path.display().to_string(), error))
}

/// The same before its data are read.
pub(super) fn opened(path: &Path) -> Result<NpyFile<impl Read + use<>>> {
    let file = open(path)?;
    let bytes =
        file.metadata().map_or(u64::MAX, |found| if found.is_file() { found.len() } else { u64::MAX });
    npy_header::opened(BufReader::new(file), bytes).with_context(|| path.display().to_string())
}

/// The error with a name before it, unless it has it already.
fn within(name: String, error: anyhow::Error) -> anyhow::Error {
    if error.to_string().contains(&name) { error } else { error.context(name) }
}

pub(crate) fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>> {
    ZipArchive::new(BufReader::new(open(path)?)).map_err(|_| {
        anyhow!(
            "{} is not an .npz archive, or its end is missing: save it again with numpy.savez",
            path.display()
        )
    })
}

/// The arrays of an archive, in order.
pub(crate) fn names(archive: &ZipArchive<BufReader<File>>) -> Vec<String> {
    let files = archive.file_names().filter_map(Result::ok);
    files.filter_map(|file| npyz::npz::array_name_from_file_name(&file).map(str::to_owned)).collect()
}

/// One array of an archive.
pub(crate) fn member(
    path: &Path,
    archive: &mut ZipArchive<BufReader<File>>,
    name: &str,
    limit: Limit,
) -> Result<Array> {
    let file = opened_member(path, archive, name)?;
    array(path, file, limit).map_err(|error| within(format!("{}: array {name}", path.display()), error))
}

/// The same before its data are read.
pub(super) fn opened_member<'a>(
    path: &Path,
    archive: &'a mut ZipArchive<BufReader<File>>,
    name: &str,
) -> Result<NpyFile<impl Read + use<'a>>> {
    let names = names(archive).join(", ");
    let file = archive.by_name(&npyz::npz::file_name_from_array_name(name)).map_err(|error| match error {
        ZipError::FileNotFound => anyhow!("{} has no array {name}; it has {names}", path.display()),
        _ => anyhow!("{}: array {name} is damaged: save it again with numpy.savez", path.display()),
    })?;
    let bytes = file.size();
    npy_header::opened(file.take(bytes), bytes)
        .map_err(|error| within(format!("{}: array {name}", path.display()), error))
}

fn table(path: &Path, array: Array, choice: &Choice) -> Result<Table> {
    let name = path.display();
    let rows = match array.shape.first() {
        None => bail!("{name} holds a single number; an array of rows is needed"),
        Some(0) => bail!("{name} has no rows"),
        Some(&rows) => rows,
    };
    let columns: usize = array.shape[1..].iter().product();
    ensure!(columns > 0, "{name} has {rows} rows without numbers");
    let size = match array.shape[..] {
        [_, height, width] => Some((width, height)),
        _ => None,
    };
    let table = match array.numbers {
        Numbers::Single(values) if !choice.coordinates => {
            Table::of(Points::new(values, columns).with_context(|| name.to_string())?)
        }
        _ => {
            let names: Vec<String> = (0..columns).map(|column| column.to_string()).collect();
            read_points(path, array.into_f64(), &names, choice, &|row| format!("row {row}"))?
        }
    };
    Ok(Table { size, ..table })
}

/// The numbers of an array whose header was read.
pub(super) fn array<R: Read>(path: &Path, file: NpyFile<R>, limit: Limit) -> Result<Array> {
    let shape: Vec<usize> = file.shape().iter().map(|&n| n as usize).collect();
    let order = file.order();
    let numbers = numbers(path, file, limit)?;
    Ok(match order {
        Order::C => Array { shape, numbers },
        Order::Fortran => Array { numbers: transposed(numbers, &shape), shape },
    })
}

fn numbers<R: Read>(path: &Path, file: NpyFile<R>, limit: Limit) -> Result<Numbers> {
    let dtype = file.dtype();
    let DType::Plain(kind) = &dtype else {
        bail!("its rows are records; an array of plain numbers is needed")
    };
    limit.allow_numbers(path, file.len() as usize, 1, bytes_each(kind))?;
    let single = |values: Vec<f32>| Ok(Numbers::Single(values));
    let double = |values: Vec<f64>| Ok(Numbers::Double(values));
    match (kind.type_char(), kind.size_field()) {
        (TypeChar::Float, 4) => single(file.into_vec().context(CUT)?),
        (TypeChar::Float, 8) => double(file.into_vec().context(CUT)?),
        (TypeChar::Float, 2) => single(all(file, |x: npyz::half::f16| x.into())?),
        (TypeChar::Bool, 1) => single(all(file, |x: bool| f32::from(u8::from(x)))?),
        (TypeChar::Uint, 1) => single(all(file, |x: u8| x.into())?),
        (TypeChar::Int, 1) => single(all(file, |x: i8| x.into())?),
        (TypeChar::Uint, 2) => single(all(file, |x: u16| x.into())?),
        (TypeChar::Int, 2) => single(all(file, |x: i16| x.into())?),
        (TypeChar::Uint, 4) => double(all(file, |x: u32| x.into())?),
        (TypeChar::Int, 4) => double(all(file, |x: i32| x.into())?),
        (TypeChar::Uint, 8) => double(whole(file, |x: u64| (x.into(), x as f64))?),
        (TypeChar::Int, 8) => double(whole(file, |x: i64| (x.into(), x as f64))?),
        (TypeChar::Object, _) => bail!("it holds Python objects; save it with astype(float)"),
        _ => bail!("its type is {kind}; integers or floats are needed"),
    }
}

const CUT: &str = "its data end early: save it again";

/// Bytes that a number takes while it is read, at most.
fn bytes_each(kind: &TypeStr) -> usize {
    match (kind.type_char(), kind.size_field() as usize) {
        (TypeChar::Float, 4) => 4,
        (TypeChar::Float, 8) => 8 + 4,
        (_, small @ (1 | 2)) => small + 4,
        (_, size) => size.saturating_add(8 + 4),
    }
}

fn all<R: Read, T: Deserialize, U>(file: NpyFile<R>, to: impl Fn(T) -> U) -> Result<Vec<U>> {
    Ok(file.into_vec::<T>().context(CUT)?.into_iter().map(to).collect())
}

/// Whole numbers, each exactly and as a float, which have to be equal.
fn whole<R: Read, T: Deserialize>(file: NpyFile<R>, to: impl Fn(T) -> (i128, f64)) -> Result<Vec<f64>> {
    let values = file.into_vec::<T>().context(CUT)?.into_iter().map(to);
    values
        .map(|(exact, float)| match float as i128 == exact {
            true => Ok(float),
            false => bail!(
                "it holds {exact}, which 64-bit floats cannot hold (beyond 2^53): subtract the smallest value of each \
                 column first"
            ),
        })
        .collect()
}

/// From column-major to row-major order.
fn transposed(numbers: Numbers, shape: &[usize]) -> Numbers {
    fn turn<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
        let mut strides = Vec::with_capacity(shape.len());
        let mut stride = 1;
        for &n in shape {
            strides.push(stride);
            stride *= n;
        }
        let mut index = vec![0; shape.len()];
        let mut turned = Vec::with_capacity(values.len());
        for _ in 0..values.len() {
            turned.push(values[index.iter().zip(&strides).map(|(i, s)| i * s).sum::<usize>()]);
            for axis in (0..shape.len()).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        turned
    }
    match numbers {
        Numbers::Single(values) => Numbers::Single(turn(&values, shape)),
        Numbers::Double(values) => Numbers::Double(turn(&values, shape)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_rows() {
        // [[0, 1, 2], [3, 4, 5]] stored column by column.
        let Numbers::Single(turned) =
            transposed(Numbers::Single(vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]), &[2, 3])
        else {
            panic!("single stays single")
        };
        assert_eq!(turned, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    }
}
