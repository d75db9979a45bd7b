//! `seethru embed`: rows of numbers, images or frames in few dimensions.

mod args;
mod check;
mod fit;
mod plots;
mod remedy;
mod report;
mod run;
mod values;

pub use args::{EmbedArgs, SearchArg};
pub use run::run;
pub use values::Corner;

use manifold::knn::Search;

impl From<SearchArg> for Search {
    fn from(arg: SearchArg) -> Search {
        match arg {
            SearchArg::Auto => Search::Auto,
            SearchArg::Exact => Search::Exact,
            SearchArg::Tree => Search::Tree,
            SearchArg::Approximate => Search::Approximate,
        }
    }
}
