//! Isotonic regression: the nondecreasing sequence nearest to a given one.

/// Replaces `values` by the sequence y_1 <= y_2 <= … with least Σ (y - value)², by pooling adjacent violators:
/// neighbors in the wrong order are both replaced by their mean, and so on with the blocks that arise.
/// Source: Ayer and others, Ann. Math. Stat. 26 (1955).
pub(super) fn isotonic(values: &mut [f64]) {
    // Blocks as (sum, length).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for &value in values.iter() {
        let mut block = (value, 1);
        while let Some(&(sum, length)) = blocks.last() {
            // Means compared: sum / length >= block.0 / block.1.
            if sum * block.1 as f64 >= block.0 * length as f64 {
                block = (sum + block.0, length + block.1);
                blocks.pop();
            } else {
                break;
            }
        }
        blocks.push(block);
    }
    let mut at = 0;
    for (sum, length) in blocks {
        values[at..at + length].fill(sum / length as f64);
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn violators_are_pooled() {
        let mut values = [1.0, 3.0, 2.0, 4.0, 0.0, 9.0];
        isotonic(&mut values);
        assert_eq!(values, [1.0, 2.25, 2.25, 2.25, 2.25, 9.0]);
        isotonic(&mut []);
    }

    proptest! {
        /// y is the projection of x onto the cone of rising sequences: it rises, the rest x - y is orthogonal to it,
        /// and makes no acute angle with any rising sequence (steps suffice).
        #[test]
        fn it_is_the_nearest_rising_sequence(x in prop::collection::vec(-10.0f64..10.0, 1..60)) {
            let mut y = x.clone();
            isotonic(&mut y);
            prop_assert!(y.windows(2).all(|w| w[0] <= w[1] + 1e-12));
            let rest: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - y).collect();
            prop_assert!(rest.iter().zip(&y).map(|(r, y)| r * y).sum::<f64>().abs() < 1e-9);
            prop_assert!(rest.iter().sum::<f64>().abs() < 1e-9);
            let mut tail = 0.0;
            for r in rest.iter().rev() {
                tail += r;
                prop_assert!(tail < 1e-9);
            }
        }
    }
}
