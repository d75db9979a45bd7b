//! Snell's law at the water surface, in vector form.
//!
//! Symbols: η = 1 / n, the refractive index of air over that of water; N the unit normal of the
//! surface, upwards; I the unit direction of the camera's ray, straight down. With
//! c = −N·I the refracted direction is (Heckbert 1989, "Introduction to Ray Tracing", ch. 2)
//!
//! T = η I + (η c − √(1 − η² (1 − c²))) N.
//!
//! From air into water the root is always real: there is no total reflection on the way in.

/// Refractive index of water for visible light at 20 °C (CRC Handbook of Chemistry and Physics).
pub const WATER: f64 = 1.333;

/// Where the camera's ray through a pixel meets the floor, relative to the point straight
/// below, in pixels: `(dx, dy)` for surface slopes `(∂z/∂x, ∂z/∂y)` and `depth` pixels of
/// water under the point where the ray enters.
#[inline(always)]
#[must_use]
pub fn displacement(slope_x: f32, slope_y: f32, depth: f32) -> (f32, f32) {
    const ETA: f32 = (1.0 / WATER) as f32;
    // N = (−sx, −sy, 1) · c with c = 1 / √(1 + s²), since I = (0, 0, −1).
    let c = 1.0 / (1.0 + slope_x * slope_x + slope_y * slope_y).sqrt();
    let root = (1.0 - ETA * ETA * (1.0 - c * c)).sqrt();
    // Times c: the part of T along (−sx, −sy, 1); negative, because the ray bends toward the normal.
    let along = (ETA * c - root) * c;
    let down = ETA - along;
    let per_slope = -along / down * depth;
    (per_slope * slope_x, per_slope * slope_y)
}

/// Displacement per unit of slope and of depth for a nearly flat surface: 1 − 1/n.
pub const SMALL_SLOPE: f64 = 1.0 - 1.0 / WATER;

#[cfg(test)]
mod tests {
    use super::*;

    /// By angles instead of vectors: sin θ₁ = n sin θ₂ in the plane of incidence.
    fn by_angles(sx: f64, sy: f64, depth: f64) -> (f64, f64) {
        let slope = sx.hypot(sy);
        let incidence = slope.atan();
        let refraction = (incidence.sin() / WATER).asin();
        let reach = depth * (incidence - refraction).tan();
        // The normal leans against the slope, and the ray turns away from it, up the slope.
        (reach * sx / slope, reach * sy / slope)
    }

    #[test]
    fn agrees_with_snells_law_by_angles() {
        for (sx, sy) in [(0.01, 0.0), (0.0, -0.05), (0.2, 0.1), (-0.7, 0.4), (1.5, -2.0)] {
            let (dx, dy) = displacement(sx as f32, sy as f32, 250.0);
            let (ex, ey) = by_angles(sx, sy, 250.0);
            approx::assert_relative_eq!(f64::from(dx), ex, max_relative = 1e-4, epsilon = 1e-4);
            approx::assert_relative_eq!(f64::from(dy), ey, max_relative = 1e-4, epsilon = 1e-4);
        }
    }

    #[test]
    fn small_slopes_displace_in_proportion() {
        let (dx, _) = displacement(1e-3, 0.0, 1000.0);
        approx::assert_relative_eq!(f64::from(dx), SMALL_SLOPE, max_relative = 1e-3);
    }

    #[test]
    fn a_flat_surface_displaces_nothing() {
        assert_eq!(displacement(0.0, 0.0, 300.0), (0.0, 0.0));
    }
}
