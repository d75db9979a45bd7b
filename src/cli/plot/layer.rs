//! What is painted as pixels: many points, and pictures.

use image::imageops::{self, FilterType};
use image::{Rgb as Pixel, RgbImage, Rgba, RgbaImage};

use super::color::Rgb;

/// A rectangle of the plot that is painted as pixels. All lengths are in units of the plot.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) discs: Discs,
    pub(crate) tiles: Vec<Tile>,
    /// In an SVG each tile is a picture of its own, for few tiles on a large plot.
    pub(crate) apart: bool,
}

/// Points, drawn in this order.
#[derive(Clone, Debug, Default)]
pub(super) struct Discs {
    pub(crate) centers: Vec<(f64, f64)>,
    pub(crate) colors: Vec<Rgb>,
    pub(crate) radius: f64,
    pub(crate) opacity: f64,
}

/// A picture on the plot.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) picture: RgbImage,
    /// Color and width of its frame, drawn outside.
    pub(crate) frame: Option<(Rgb, f64)>,
}

/// Red, green, blue and alpha times 65535, colors multiplied by alpha.
type Premultiplied = [u16; 4];

/// Pixels being painted.
struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Premultiplied>,
}

impl Layer {
    /// The layer at `scale` pixels per unit; `None` where nothing is on it.
    pub(crate) fn rasterize(&self, scale: f64) -> Option<RgbaImage> {
        if self.discs.centers.is_empty() && self.tiles.is_empty() {
            return None;
        }
        let size = |length: f64| ((length * scale).round() as usize).max(1);
        let mut canvas = Canvas::new(size(self.width), size(self.height));
        let place = |x: f64, y: f64| ((x - self.x) * scale, (y - self.y) * scale);
        let Discs { centers, colors, radius, opacity } = &self.discs;
        for (&(x, y), &color) in centers.iter().zip(colors) {
            canvas.disc(place(x, y), radius * scale, color, *opacity);
        }
        for tile in &self.tiles {
            canvas.tile(tile, place(tile.x, tile.y), scale);
        }
        Some(canvas.finish())
    }
}

impl Canvas {
    fn new(width: usize, height: usize) -> Canvas {
        Canvas { width, height, pixels: vec![[0; 4]; width * height] }
    }

    fn blend(&mut self, x: usize, y: usize, color: Rgb, alpha: f64) {
        let pixel = &mut self.pixels[y * self.width + x];
        let ink = [color[0], color[1], color[2], 255].map(|c| f64::from(c) * 257.0 * alpha);
        for (below, ink) in pixel.iter_mut().zip(ink) {
            *below = (f64::from(*below) * (1.0 - alpha) + ink).round() as u16;
        }
    }

    /// A disc whose rim is softened over one pixel.
    fn disc(&mut self, (x, y): (f64, f64), radius: f64, color: Rgb, opacity: f64) {
        let reach = radius + 0.5;
        for row in clamped(y - reach, self.height)..clamped(y + reach + 1.0, self.height) {
            for column in clamped(x - reach, self.width)..clamped(x + reach + 1.0, self.width) {
                let distance = (column as f64 + 0.5 - x).hypot(row as f64 + 0.5 - y);
                // What is smaller than a pixel is fainter, not larger.
                let cover = (reach - distance).min(2.0 * radius).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.blend(column, row, color, opacity * cover);
                }
            }
        }
    }

    fn rectangle(&mut self, [left, top, right, bottom]: [f64; 4], color: Rgb, alpha: f64) {
        for row in clamped(top.round(), self.height)..clamped(bottom.round(), self.height) {
            for column in clamped(left.round(), self.width)..clamped(right.round(), self.width) {
                self.blend(column, row, color, alpha);
            }
        }
    }

    fn tile(&mut self, tile: &Tile, (left, top): (f64, f64), scale: f64) {
        let (left, top) = (left.round(), top.round());
        let size = |length: f64| ((length * scale).round() as u32).max(1);
        let (width, height) = (size(tile.width), size(tile.height));
        if let Some((color, thickness)) = tile.frame {
            let edge = (thickness * scale).round().max(1.0);
            let (right, bottom) = (left + f64::from(width), top + f64::from(height));
            self.rectangle([left - edge, top - edge, right + edge, bottom + edge], color, 1.0);
        }
        // Enlarged pixels stay square, what is made smaller is averaged.
        let enlarged = width >= tile.picture.width();
        let filter = if enlarged { FilterType::Nearest } else { FilterType::Triangle };
        let scaled = imageops::resize(&tile.picture, width, height, filter);
        for (x, y, &Pixel(color)) in scaled.enumerate_pixels() {
            let (x, y) = (left + f64::from(x), top + f64::from(y));
            if x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64 {
                self.blend(x as usize, y as usize, color, 1.0);
            }
        }
    }

    fn finish(self) -> RgbaImage {
        let (width, height) = (self.width as u32, self.height as u32);
        RgbaImage::from_fn(width, height, |x, y| {
            let [r, g, b, alpha] = self.pixels[y as usize * self.width + x as usize];
            let share = f64::from(alpha.max(1));
            let color = |c: u16| (f64::from(c) / share * 255.0).round().min(255.0) as u8;
            Rgba([color(r), color(g), color(b), (f64::from(alpha) / 257.0).round() as u8])
        })
    }
}

fn clamped(place: f64, length: usize) -> usize {
    (place.max(0.0) as usize).min(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer() -> Layer {
        Layer { x: 10.0, y: 20.0, width: 30.0, height: 40.0, ..Layer::default() }
    }

    #[test]
    fn an_empty_layer_is_no_picture() {
        assert!(layer().rasterize(2.0).is_none());
    }

    #[test]
    fn a_disc_covers_its_area() {
        let discs =
            Discs { centers: vec![(25.0, 40.0)], colors: vec![[200, 0, 0]], radius: 4.0, opacity: 0.5 };
        for scale in [0.5, 1.0, 3.0] {
            let picture = Layer { discs: discs.clone(), ..layer() }.rasterize(scale).unwrap();
            assert_eq!(picture.dimensions(), ((30.0 * scale) as u32, (40.0 * scale) as u32));
            let ink: f64 = picture.pixels().map(|p| f64::from(p[3]) / 255.0).sum();
            let wanted = 0.5 * std::f64::consts::PI * (4.0 * scale).powi(2);
            assert!((ink / wanted - 1.0).abs() < 0.08, "{scale}: {ink} is not {wanted}");
            let middle = picture.get_pixel((15.0 * scale) as u32, (20.0 * scale) as u32);
            assert_eq!(middle.0, [200, 0, 0, 128]);
        }
    }

    #[test]
    fn discs_beyond_the_edge_are_cut() {
        let centers = vec![(9.0, 19.0), (41.0, 61.0), (-500.0, 30.0), (20.0, 900.0)];
        let discs = Discs { colors: vec![[0; 3]; 4], centers, radius: 3.0, opacity: 1.0 };
        let picture = Layer { discs, ..layer() }.rasterize(1.0).unwrap();
        assert!(picture.get_pixel(0, 0)[3] > 200 && picture.get_pixel(29, 39)[3] > 200);
    }

    #[test]
    fn a_tile_keeps_its_pixels() {
        let picture = RgbImage::from_fn(2, 2, |x, y| Pixel([(x * 100) as u8, (y * 100) as u8, 7]));
        let frame = Some(([1, 2, 3], 1.0));
        let tile = Tile { x: 12.0, y: 22.0, width: 4.0, height: 4.0, picture, frame };
        let drawn = Layer { tiles: vec![tile], ..layer() }.rasterize(2.0).unwrap();
        assert_eq!(drawn.get_pixel(4, 4).0, [0, 0, 7, 255]);
        assert_eq!(drawn.get_pixel(11, 11).0, [100, 100, 7, 255]);
        assert_eq!(drawn.get_pixel(3, 3).0, [1, 2, 3, 255]);
        assert_eq!(drawn.get_pixel(1, 1)[3], 0);
    }
}
