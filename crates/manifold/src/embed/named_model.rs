//! A model with the names of the columns that it was fitted to, as a file.
//!
//! A file is the line `seethru columns 1`, the length of what follows it (four bytes, little-endian), the names in the postcard
//! format and their CRC-32 (four bytes, little-endian), then the file of the model. Without names it is the model's alone.

use super::model_file::crc32;
use super::{Model, ModelError};

const MAGIC: &[u8] = b"seethru columns 1\n";

/// A fitted model, and what its columns were called.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedModel {
    /// The model.
    pub model: Model,
    /// The columns that it was fitted to in their order, if they had names.
    pub columns: Option<Vec<String>>,
}

impl NamedModel {
    /// A model of columns with these names, if they have any.
    #[must_use]
    pub fn new(model: Model, columns: Option<Vec<String>>) -> NamedModel {
        NamedModel { model, columns }
    }

    /// The model as a file holds it.
    ///
    /// # Errors
    /// [`ModelError::Encode`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let model = self.model.to_bytes()?;
        let Some(columns) = &self.columns else { return Ok(model) };
        let encode = |error: String| ModelError::Encode(error);
        let names = postcard::to_stdvec(columns).map_err(|error| encode(error.to_string()))?;
        let length = u32::try_from(names.len()).map_err(|error| encode(error.to_string()))?;
        Ok([MAGIC, &length.to_le_bytes(), &names, &crc32(&names).to_le_bytes(), &model].concat())
    }

    /// The model from a file, with names or without.
    ///
    /// # Errors
    /// [`ModelError::Magic`] and [`ModelError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<NamedModel, ModelError> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Ok(NamedModel { model: Model::from_bytes(bytes)?, columns: None });
        };
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(ModelError::Damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (names, rest) = rest.split_at_checked(length).ok_or(ModelError::Damaged)?;
        let (sum, model) = rest.split_first_chunk::<4>().ok_or(ModelError::Damaged)?;
        if crc32(names) != u32::from_le_bytes(*sum) {
            return Err(ModelError::Damaged);
        }
        let columns = postcard::from_bytes(names).map_err(|_| ModelError::Damaged)?;
        let model = Model::from_bytes(model).map_err(|_| ModelError::Damaged)?;
        Ok(NamedModel { model, columns: Some(columns) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::{Fit, Pca};
    use crate::points::Points;
    use crate::progress::Silent;

    fn named(columns: Option<&[&str]>) -> NamedModel {
        let values = (0..40).map(|i| ((i * i) as f32 * 0.7).sin()).collect();
        let model = Pca::new(2).fit(&Points::new(values, 4).unwrap(), &Silent).unwrap().into();
        let columns = columns.map(|names| names.iter().map(|&name| name.to_owned()).collect());
        NamedModel { model, columns }
    }

    #[test]
    fn names_come_back_and_models_without_are_read() {
        for columns in [None, Some(&["a", "b", "c", "\u{fc}"][..])] {
            let model = named(columns);
            let bytes = model.to_bytes().unwrap();
            assert_eq!(NamedModel::from_bytes(&bytes).unwrap(), model);
            assert_eq!(Model::from_bytes(&bytes).is_ok(), columns.is_none());
        }
    }

    #[test]
    fn damage_is_told_at_every_byte() {
        let bytes = named(Some(&["a", "b"])).to_bytes().unwrap();
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] ^= 1;
            let wanted = if at < MAGIC.len() { ModelError::Magic } else { ModelError::Damaged };
            assert_eq!(NamedModel::from_bytes(&wrong).unwrap_err(), wanted, "byte {at}");
            let cut = NamedModel::from_bytes(&bytes[..at]).unwrap_err();
            assert_eq!(cut, wanted, "{at} bytes");
        }
    }
}
