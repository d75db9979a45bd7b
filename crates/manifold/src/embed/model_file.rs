//! Fitted models that place new points, as files.
//!
//! A file is the line `seethru model 1`, the model in the postcard format, and its CRC-32 (four bytes,
//! little-endian); the number in the line changes whenever an older version could not read it.

use super::{
    EmbedError, Embedding, FactorModel, FastIcaModel, IsomapModel, KernelPcaModel, LaplacianModel, LleModel,
    NmfModel, PcaModel, Transform, TsneModel,
};
use crate::points::Points;
use crate::progress::Progress;

const MAGIC: &[u8] = b"seethru model 1\n";

/// Why bytes are not a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file does not start as a model does.
    #[error("this is not a seethru model, or it is from another version")]
    Magic,
    /// The checksum or the contents are wrong.
    #[error("the model is damaged: fit it again")]
    Damaged,
    /// The model cannot be encoded.
    #[error("the model cannot be written as bytes: {0}")]
    Encode(String),
}

macro_rules! models {
    ($($name:ident($model:ident) = $method:literal),+ $(,)?) => {
        /// A fitted model of any method that places new points.
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum Model {
            $(
                #[doc = concat!("A model of `", $method, "`.")]
                $name(Box<$model>),
            )+
        }

        $(impl From<$model> for Model {
            fn from(model: $model) -> Model {
                Model::$name(Box::new(model))
            }
        })+

        impl Model {
            /// The method's name.
            #[must_use]
            pub fn method(&self) -> &'static str {
                match self {
                    $(Model::$name(_) => $method,)+
                }
            }

            /// Coordinates of the points it was fitted to.
            #[must_use]
            pub fn embedding(&self) -> &Embedding {
                match self {
                    $(Model::$name(model) => model.embedding(),)+
                }
            }
        }

        impl Transform for Model {
            fn transform(&self, points: &Points, progress: &dyn Progress) -> Result<Embedding, EmbedError> {
                match self {
                    $(Model::$name(model) => model.transform(points, progress),)+
                }
            }
        }
    };
}

models! {
    Pca(PcaModel) = "pca",
    KernelPca(KernelPcaModel) = "kernel-pca",
    FactorAnalysis(FactorModel) = "factor-analysis",
    FastIca(FastIcaModel) = "ica",
    Nmf(NmfModel) = "nmf",
    Isomap(IsomapModel) = "isomap",
    Laplacian(LaplacianModel) = "laplacian",
    Lle(LleModel) = "lle",
    Tsne(TsneModel) = "tsne",
}

impl Model {
    /// The model as a file holds it.
    ///
    /// # Errors
    /// [`ModelError::Encode`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let body = postcard::to_stdvec(self).map_err(|error| ModelError::Encode(error.to_string()))?;
        Ok([MAGIC, &body, &crc32(&body).to_le_bytes()].concat())
    }

    /// The model from a file.
    ///
    /// # Errors
    /// [`ModelError::Magic`] and [`ModelError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::Magic)?;
        let (body, sum) = rest.split_last_chunk::<4>().ok_or(ModelError::Damaged)?;
        if crc32(body) != u32::from_le_bytes(*sum) {
            return Err(ModelError::Damaged);
        }
        // Every part checks itself while it is read, and vectors grow with the bytes that are there.
        match postcard::take_from_bytes(body) {
            Ok((model, [])) => Ok(model),
            _ => Err(ModelError::Damaged),
        }
    }
}

/// The checksum of PNG and zip (ISO 3309).
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    hash.update(bytes);
    hash.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::{Fit, Pca};
    use crate::progress::Silent;

    fn model() -> (Points, Model) {
        let values = (0..40).map(|i| ((i * i) as f32 * 0.7).sin()).collect();
        let points = Points::new(values, 4).unwrap();
        let model = Pca::new(2).fit(&points, &Silent).unwrap();
        (points, model.into())
    }

    #[test]
    fn models_come_back_whole() {
        let (points, model) = model();
        let back = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
        assert_eq!(back, model);
        assert_eq!(back.method(), "pca");
        assert_eq!(back.transform(&points, &Silent).unwrap(), model.transform(&points, &Silent).unwrap());
    }

    #[test]
    fn other_bytes_are_refused() {
        let (_, model) = model();
        let bytes = model.to_bytes().unwrap();
        assert_eq!(Model::from_bytes(b"no model"), Err(ModelError::Magic));
        assert_eq!(Model::from_bytes(&bytes[..MAGIC.len() + 2]), Err(ModelError::Damaged));
        for at in [MAGIC.len(), bytes.len() / 2, bytes.len() - 1] {
            let mut wrong = bytes.clone();
            wrong[at] ^= 1;
            assert_eq!(Model::from_bytes(&wrong), Err(ModelError::Damaged), "byte {at}");
        }
    }
}
