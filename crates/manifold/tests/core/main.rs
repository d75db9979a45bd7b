//! Proven answers: by oracles, by certificates, by the stored numbers of other packages.

mod embed_linear;
mod embed_manifold;
mod embed_tsne;
mod flow;
mod knn;
mod leak;
mod oracle_agreement;
mod oracles;
mod pairwise;
mod quality;
mod shapes;
