//! `seethru embed`: rows of numbers, images or frames in few dimensions.

mod args;
mod values;

pub use args::{EmbedArgs, SearchArg};

use seethru::knn::Search;

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
