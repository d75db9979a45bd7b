//! Fields turned round and put one after the other.

use proptest::prelude::*;

use super::super::field::{Field, SPACING};
use super::super::mean::{compose, inverse};
use super::{SIZE, apart, lattice, smooth};

#[test]
fn inverses_undo_and_compositions_add_up() {
    let field = Field::through(lattice(), smooth);
    let back = inverse(&field);
    let composed = |to_reference: &Field, field: &Field| {
        let mut fields = [field.clone()];
        compose(to_reference, &mut fields);
        fields[0].clone()
    };
    let there_and_back = composed(&back, &field);
    // y + v(y) + u(y + v(y)) = y.
    assert!(apart(|x, y| there_and_back.at(x, y), |_, _| (0.0, 0.0), 12) < 0.03);
    let shift = Field::through(lattice(), |_, _| (1.5, -0.5));
    let sum = composed(&shift, &shift);
    assert!(apart(|x, y| sum.at(x, y), |_, _| (3.0, -1.0), 0) < 1e-3);
}

/// Waves of this length in pixels and of this slope, across the picture in both components.
fn waves(length: f32, slope: f32, phase: f32) -> Field {
    let wave = std::f32::consts::TAU / length;
    let height = slope / wave;
    Field::through(lattice(), |x, y| {
        (height * (wave * x + phase).sin(), height * (wave * (0.6 * x + 0.8 * y) - phase).cos())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// At every node v(y) = -m(y + v(y)), for waves that the water can make and for steeper ones, at the border, too.
    #[test]
    fn an_inverse_is_found_at_every_node(length in 24f32..200.0, slope in 0f32..0.45, phase in 0f32..6.3) {
        let field = waves(length, slope, phase);
        let back = inverse(&field);
        for node in 0..field.lattice.nodes() {
            let (x, y) = field.lattice.place(node);
            let inside = (0.0..SIZE.0 as f32).contains(&x) && (0.0..SIZE.1 as f32).contains(&y);
            let ((vx, vy), _) = back.at_node(node);
            let (mx, my) = field.at(x + vx, y + vy);
            prop_assert!(!inside || (vx + mx).abs().max((vy + my).abs()) < 0.02, "{vx} {mx}, {vy} {my} at {x}, {y}");
        }
    }

    /// The stencils at nodes are the spline and its derivatives.
    #[test]
    fn at_a_node_are_the_value_and_the_slope(length in 24f32..200.0, slope in 0f32..0.45, phase in 0f32..6.3) {
        let field = waves(length, slope, phase);
        let lattice = field.lattice;
        for node in (1..lattice.rows - 2).flat_map(|row| (1..lattice.columns - 2).map(move |c| row * lattice.columns + c)) {
            let (x, y) = lattice.place(node);
            let (value, [xx, xy, yx, yy]) = field.at_node(node);
            let there = field.at(x, y);
            prop_assert!((value.0 - there.0).abs().max((value.1 - there.1).abs()) < 1e-4);
            // Forward differences over a tenth of a pixel: off by the second derivative.
            let (h, off) = (0.1, 0.2 * slope / SPACING as f32 + 1e-3);
            let (right, below) = (field.at(x + h, y), field.at(x, y + h));
            let slopes = [right.0 - there.0, below.0 - there.0, right.1 - there.1, below.1 - there.1];
            for (slope, found) in slopes.map(|change| change / h).into_iter().zip([xx, xy, yx, yy]) {
                prop_assert!((slope - found).abs() < off, "{slope} {found} at {x}, {y}");
            }
        }
    }
}
