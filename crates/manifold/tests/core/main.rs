//! Proven answers: by oracles, by certificates, by the stored numbers of other packages.

// A test has no API: `pub` is for its other modules.
#![allow(unreachable_pub)]

mod embed_linear;
mod embed_manifold;
mod embed_tsne;
mod flow;
mod forged;
mod instances;
mod knn;
mod leak;
mod oracle_agreement;
mod oracles;
mod pairwise;
mod quality;
mod scales;
mod shapes;
