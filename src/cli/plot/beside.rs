//! Where the name of a point can stand: near it, and where it covers nothing.

/// A rectangle: left, top, width, height.
pub(crate) type Plate = [f64; 4];

/// Between a point's mark and a name next to it.
const GAP: f64 = 4.0;
/// How much farther each next ring of places is, and how far the last one.
const STEP: f64 = 8.0;
const REACH: f64 = 400.0;
/// Directions in which a name is tried: above, below and beside first.
const DIRECTIONS: [f64; 12] = [90.0, 270.0, 0.0, 180.0, 45.0, 135.0, 315.0, 225.0, 68.0, 112.0, 248.0, 292.0];

/// A square around a point.
pub(crate) fn around((x, y): (f64, f64), side: f64) -> Plate {
    [x - side / 2.0, y - side / 2.0, side, side]
}

/// Whether two rectangles share a point.
pub(crate) fn overlap(a: &Plate, b: &Plate) -> bool {
    a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3]
}

/// Places for a name of this size beside a mark `side` wide at `at`, the nearest first.
pub(crate) fn beside((x, y): (f64, f64), side: f64, size: (f64, f64)) -> impl Iterator<Item = Plate> {
    let (width, height) = size;
    let rings = (0..).map(|ring| f64::from(ring) * STEP).take_while(|reach| *reach <= REACH);
    rings.flat_map(move |reach| {
        DIRECTIONS.into_iter().map(move |degrees| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let far = side / 2.0 + GAP + reach;
            let (x, y) = (x + cos * (far + width / 2.0), y - sin * (far + height / 2.0));
            [x - width / 2.0, y - height / 2.0, width, height]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_above_its_point_and_next_to_it_where_that_is_taken() {
        let first = |taken: &[Plate]| {
            let free = |plate: &Plate| !taken.iter().any(|other| overlap(other, plate));
            beside((100.0, 100.0), 10.0, (30.0, 18.0)).find(free).unwrap()
        };
        let above = first(&[]);
        assert!((above[0] - 85.0).abs() < 1e-9 && above[1] + above[3] < 95.0, "{above:?}");
        let below = first(&[above]);
        assert!(below[1] > 105.0, "{below:?}");
        // Whatever is around, nothing is covered.
        let crowd: Vec<Plate> = (0..400)
            .map(|i| around((60.0 + f64::from(i % 20) * 4.0, 60.0 + f64::from(i / 20) * 4.0), 4.0))
            .collect();
        let far = first(&crowd);
        assert!(!crowd.iter().any(|point| overlap(point, &far)), "{far:?}");
    }
}
