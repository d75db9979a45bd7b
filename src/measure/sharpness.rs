//! How sharp a picture is, by itself. Both measures grow with noise as well as with detail, and both depend on
//! the scene: they compare pictures of one scene, not scenes.

use super::{Gray, MeasureError};

/// Mean size of the gradient over the pixels that have four neighbors, in gray levels per pixel, 0 or more:
///
/// ```text
/// mean of sqrt(gx² + gy²),   gx = (I(x+1, y) - I(x-1, y)) / 2,   gy = (I(x, y+1) - I(x, y-1)) / 2
/// ```
///
/// One of the gradient-based focus measures of Pertuz, Puig, Garcia, "Analysis of focus measure operators
/// for shape-from-focus", Pattern Recognition 46 (2013); the gradient is that of Tenenbaum's (1970) without
/// his smoothing, and its size not squared, so that an edge counts by its height however steep it is.
///
/// # Errors
/// If there is no such pixel.
pub fn gradient(picture: &Gray) -> Result<f64, MeasureError> {
    let sizes = inner(picture, |above, row, below, x| {
        ((row[x + 1] - row[x - 1]) / 2.0).hypot((below[x] - above[x]) / 2.0)
    })?;
    Ok(sizes.iter().sum::<f64>() / sizes.len() as f64)
}

/// Variance of the Laplacian over the pixels that have four neighbors, in squared gray levels, 0 or more:
///
/// ```text
/// L = I(x-1, y) + I(x+1, y) + I(x, y-1) + I(x, y+1) - 4 I(x, y)
/// ```
///
/// Source: Pech-Pacheco, Cristóbal, Chamorro-Martínez, Fernández-Valdivia, "Diatom autofocusing in brightfield
/// microscopy: a comparative study", ICPR 2000. It weighs the finest detail, and with it noise, far more
/// than [`gradient`] does.
///
/// # Errors
/// If there is no such pixel.
pub fn laplacian_variance(picture: &Gray) -> Result<f64, MeasureError> {
    let values =
        inner(picture, |above, row, below, x| row[x - 1] + row[x + 1] + above[x] + below[x] - 4.0 * row[x])?;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    Ok(values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
}

/// What `of` makes of each pixel that has four neighbors: of the row above, its own, the row below, and x.
fn inner(
    picture: &Gray,
    of: impl Fn(&[f64], &[f64], &[f64], usize) -> f64,
) -> Result<Vec<f64>, MeasureError> {
    picture.at_least(3, 3)?;
    let width = picture.width();
    let rows: Vec<&[f64]> = picture.values().chunks_exact(width).collect();
    let of = &of;
    let of_rows = |three: &'_ [&[f64]]| (1..width - 1).map(|x| of(three[0], three[1], three[2], x)).collect();
    Ok(rows.windows(3).map(of_rows).collect::<Vec<Vec<f64>>>().concat())
}
