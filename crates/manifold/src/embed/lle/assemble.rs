//! Sums of small symmetric matrices, each over a point and its neighbors.

use rayon::prelude::*;

use crate::knn::NeighborLists;
use algebra::spectrum::Sparse;

/// Σ_i of the matrices `local(i, a, b)`, a and b being 0 for point i itself and j + 1 for its neighbor j. What
/// meets in one entry is summed in the order of i.
pub(super) fn sum(lists: &NeighborLists, local: impl Fn(usize, usize, usize) -> f64 + Sync) -> Sparse {
    let (n, k) = (lists.n(), lists.k());
    // Where each point appears: (the point whose matrix it is, its place in it).
    let mut starts = vec![0usize; n + 1];
    lists.all_indices().iter().for_each(|&j| starts[j as usize + 1] += 1);
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut places = vec![(0u32, 0u32); n * k];
    for (at, &j) in lists.all_indices().iter().enumerate() {
        places[next[j as usize]] = ((at / k) as u32, (at % k + 1) as u32);
        next[j as usize] += 1;
    }
    let row = |r: usize| {
        let mut entries = Vec::with_capacity((k + 1) * (starts[r + 1] - starts[r] + 1));
        let own = (r as u32, 0);
        for &(i, a) in places[starts[r]..starts[r + 1]].iter().chain([&own]) {
            entries.push((i, i, local(i as usize, a as usize, 0)));
            let others = lists.indices(i as usize).iter().enumerate();
            entries.extend(others.map(|(b, &j)| (j, i, local(i as usize, a as usize, b + 1))));
        }
        entries.sort_unstable_by_key(|&(column, i, _)| (column, i));
        let columns = entries.chunk_by(|a, b| a.0 == b.0);
        columns.map(|same| (same[0].0, same.iter().map(|entry| entry.2).sum())).collect::<Vec<(u32, f64)>>()
    };
    Sparse::from_rows(&(0..n).into_par_iter().map(row).collect::<Vec<_>>())
}
