//! Choosing the centres of a place from its neighbourhood graph.

mod agree;
mod search;

pub use agree::{Agreement, Candidates, agree};
pub use search::{CentreSearch, Centres};
