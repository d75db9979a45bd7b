//! What `--cost` takes: whatever is accepted makes prices, or is refused by name.

use manifold::flow::Marginal;
use seethru::cli::fuzzing;

/// Text in UTF-8.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(cost) = fuzzing::cost(text) else { return };
    for (nodes, degree) in [(0, 0), (1, 1), (2, 1), (40, 7)] {
        if let Ok(marginal) = Marginal::new(&cost, nodes, degree) {
            let _ = marginal.check_range(nodes, 1 << 20);
            assert!(marginal.first_price() > 0);
        }
    }
}
