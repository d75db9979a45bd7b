//! NumPy's .npy and .npz.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use npyz::{DType, NpyFile, Order, TypeChar};
use zip::ZipArchive;

use super::{Table, npy_header, open, points, points_from_f64};

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

pub(crate) fn read_npy(path: &Path) -> Result<Table> {
    table(path, array_npy(path)?)
}

pub(crate) fn read_npz(path: &Path, name: Option<&str>) -> Result<Table> {
    let mut archive = archive(path)?;
    let names = names(&archive);
    let name = match name {
        Some(name) => name.to_owned(),
        None => match names.as_slice() {
            [only] => only.clone(),
            _ => USUAL.iter().find(|usual| names.iter().any(|name| name == *usual)).map_or_else(
                || bail!("{} holds the arrays {}: choose one with --array", path.display(), names.join(", ")),
                |name| Ok((*name).to_owned()),
            )?,
        },
    };
    table(path, member(path, &mut archive, &name)?)
}

/// The array of an .npy file.
pub(crate) fn array_npy(path: &Path) -> Result<Array> {
    let file = open(path)?;
    let bytes =
        file.metadata().map_or(u64::MAX, |found| if found.is_file() { found.len() } else { u64::MAX });
    array(BufReader::new(file), bytes).with_context(|| path.display().to_string())
}

pub(crate) fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>> {
    ZipArchive::new(BufReader::new(open(path)?))
        .with_context(|| format!("{} is not an .npz archive", path.display()))
}

/// The arrays of an archive, in order.
pub(crate) fn names(archive: &ZipArchive<BufReader<File>>) -> Vec<String> {
    let files = archive.file_names().filter_map(Result::ok);
    files.filter_map(|file| npyz::npz::array_name_from_file_name(&file).map(str::to_owned)).collect()
}

/// One array of an archive.
pub(crate) fn member(path: &Path, archive: &mut ZipArchive<BufReader<File>>, name: &str) -> Result<Array> {
    let names = names(archive).join(", ");
    let file = archive
        .by_name(&npyz::npz::file_name_from_array_name(name))
        .with_context(|| format!("{} has no array {name}; it has {names}", path.display()))?;
    let bytes = file.size();
    array(file.take(bytes), bytes).with_context(|| format!("{}: array {name}", path.display()))
}

fn table(path: &Path, array: Array) -> Result<Table> {
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
    let points = match array.numbers {
        Numbers::Single(values) => points(path, values, columns)?,
        Numbers::Double(values) => points_from_f64(path, &values, columns)?,
    };
    Ok(Table { points, size, pictures: Vec::new(), labels: None })
}

/// `bytes` are there in all.
fn array(reader: impl Read, bytes: u64) -> Result<Array> {
    let file = npy_header::opened(reader, bytes)?;
    let shape: Vec<usize> = file.shape().iter().map(|&n| n as usize).collect();
    let order = file.order();
    let numbers = numbers(file)?;
    Ok(match order {
        Order::C => Array { shape, numbers },
        Order::Fortran => Array { numbers: transposed(numbers, &shape), shape },
    })
}

fn numbers<R: Read>(file: NpyFile<R>) -> Result<Numbers> {
    let dtype = file.dtype();
    let DType::Plain(kind) = &dtype else {
        bail!("its rows are records; an array of plain numbers is needed")
    };
    let single = |values: Vec<f32>| Ok(Numbers::Single(values));
    let cut = "its data end early";
    match (kind.type_char(), kind.size_field()) {
        (TypeChar::Float, 4) => single(file.into_vec().context(cut)?),
        (TypeChar::Float, 8) => Ok(Numbers::Double(file.into_vec().context(cut)?)),
        (TypeChar::Float, 2) => {
            single(file.into_vec::<npyz::half::f16>().context(cut)?.into_iter().map(f32::from).collect())
        }
        (TypeChar::Bool, 1) => single(
            file.into_vec::<bool>().context(cut)?.into_iter().map(|b| f32::from(u8::from(b))).collect(),
        ),
        (TypeChar::Uint, 1) => {
            single(file.into_vec::<u8>().context(cut)?.into_iter().map(f32::from).collect())
        }
        (TypeChar::Int, 1) => {
            single(file.into_vec::<i8>().context(cut)?.into_iter().map(f32::from).collect())
        }
        (TypeChar::Uint, 2) => {
            single(file.into_vec::<u16>().context(cut)?.into_iter().map(f32::from).collect())
        }
        (TypeChar::Int, 2) => {
            single(file.into_vec::<i16>().context(cut)?.into_iter().map(f32::from).collect())
        }
        (TypeChar::Uint, 4) => double(file.into_vec::<u32>().context(cut)?.into_iter().map(f64::from)),
        (TypeChar::Int, 4) => double(file.into_vec::<i32>().context(cut)?.into_iter().map(f64::from)),
        (TypeChar::Uint, 8) => double(file.into_vec::<u64>().context(cut)?.into_iter().map(|x| x as f64)),
        (TypeChar::Int, 8) => double(file.into_vec::<i64>().context(cut)?.into_iter().map(|x| x as f64)),
        _ => bail!("its type is {kind}; integers or floats are needed"),
    }
}

fn double(values: impl Iterator<Item = f64>) -> Result<Numbers> {
    Ok(Numbers::Double(values.collect()))
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
