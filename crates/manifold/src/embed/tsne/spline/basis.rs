//! The quintic B-spline at a point: what the point gives to the nodes around it, and what is read off them.

use multiversion::multiversion;

/// Nodes that a point touches along each axis, and their count rounded up to whole vectors.
pub(in super::super) const TOUCHED: usize = 6;
pub(super) const LANES: usize = 8;

/// Where a point lies in the grid.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) origin: [f64; 2],
    pub(super) per_node: f64,
    pub(super) stride: usize,
    /// The last node at which what a point touches may begin.
    pub(super) last: [usize; 2],
}

impl Place {
    /// The first node touched along an axis, and how far the point lies between the third and fourth.
    #[inline(always)]
    fn node(&self, axis: usize, value: f32) -> (usize, f32) {
        let at = (f64::from(value) - self.origin[axis]) * self.per_node;
        // Points that are NaN stay in the grid.
        let first = ((at as usize).max(2) - 2).min(self.last[axis]);
        (first, (at - (first + 2) as f64) as f32)
    }
}

/// The quintic B-spline at the six nodes around a point that lies `t` behind the third.
#[inline(always)]
fn spline(t: f32) -> [f32; LANES] {
    let s = 1.0 - t;
    let (t2, s2) = (t * t, s * s);
    let (t5, s5) = (t2 * t2 * t, s2 * s2 * s);
    const SHARE: f32 = 1.0 / 120.0;
    [
        s5 * SHARE,
        (((((5.0 * t - 20.0) * t + 20.0) * t + 20.0) * t - 50.0) * t + 26.0) * SHARE,
        (((-10.0 * t + 30.0) * t2 - 60.0) * t2 + 66.0) * SHARE,
        (((-10.0 * s + 30.0) * s2 - 60.0) * s2 + 66.0) * SHARE,
        (((((5.0 * s - 20.0) * s + 20.0) * s + 20.0) * s - 50.0) * s + 26.0) * SHARE,
        t5 * SHARE,
        0.0,
        0.0,
    ]
}

/// Its derivative.
#[inline(always)]
fn slope(t: f32) -> [f32; LANES] {
    let s = 1.0 - t;
    let (t2, s2) = (t * t, s * s);
    const SHARE: f32 = 1.0 / 24.0;
    [
        -s2 * s2 * SHARE,
        ((((5.0 * t - 16.0) * t + 12.0) * t + 8.0) * t - 10.0) * SHARE,
        ((-10.0 * t + 24.0) * t2 - 24.0) * t * SHARE,
        -((-10.0 * s + 24.0) * s2 - 24.0) * s * SHARE,
        -((((5.0 * s - 16.0) * s + 12.0) * s + 8.0) * s - 10.0) * SHARE,
        t2 * t2 * SHARE,
        0.0,
        0.0,
    ]
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn scatter(nodes: &mut [f32], place: &Place, y: &[[f32; 2]]) {
    for point in y {
        let (x, tx) = place.node(0, point[0]);
        let (y, ty) = place.node(1, point[1]);
        let (along, down) = (spline(tx), spline(ty));
        for (row, &weight) in down[..TOUCHED].iter().enumerate() {
            let start = (y + row) * place.stride + x;
            if let Some(nodes) = nodes[start..].first_chunk_mut::<LANES>() {
                for lane in 0..LANES {
                    nodes[lane] += weight * along[lane];
                }
            }
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub(super) fn gather(
    nodes: &[f32],
    place: &Place,
    at: &[[f32; 2]],
    repulsion: &mut [[f32; 2]],
    potential: &mut [f32],
) {
    for ((point, repulsion), potential) in at.iter().zip(repulsion).zip(potential) {
        let (x, tx) = place.node(0, point[0]);
        let (y, ty) = place.node(1, point[1]);
        let (down, down_slope) = (spline(ty), slope(ty));
        let (mut value, mut sloped) = ([0.0f32; LANES], [0.0f32; LANES]);
        for row in 0..TOUCHED {
            let start = (y + row) * place.stride + x;
            if let Some(nodes) = nodes[start..].first_chunk::<LANES>() {
                for lane in 0..LANES {
                    value[lane] += down[row] * nodes[lane];
                    sloped[lane] += down_slope[row] * nodes[lane];
                }
            }
        }
        let (along, along_slope) = (spline(tx), slope(tx));
        let (mut sum, mut by_x, mut by_y) = (0.0, 0.0, 0.0);
        for lane in 0..LANES {
            sum += along[lane] * value[lane];
            by_x += along_slope[lane] * value[lane];
            by_y += along[lane] * sloped[lane];
        }
        *potential = sum;
        *repulsion = [by_x * place.per_node as f32, by_y * place.per_node as f32];
    }
}
