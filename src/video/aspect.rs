//! Square pixels from non-square ones.

/// Pixels farther from square than this mean a damaged header.
const MOST_OBLONG: f64 = 8.0;

/// The size that shows `width` x `height` samples of the aspect ratio `across : down` with square
/// pixels. The picture is made wider or higher, never smaller. `None` for an impossible ratio
/// (not positive, or beyond 1:8 and 8:1).
pub(super) fn square_size(width: usize, height: usize, across: i64, down: i64) -> Option<(usize, usize)> {
    if across <= 0 || down <= 0 {
        return None;
    }
    let ratio = across as f64 / down as f64;
    if !(1.0 / MOST_OBLONG..=MOST_OBLONG).contains(&ratio) {
        return None;
    }
    if ratio > 1.0 {
        Some(((width as f64 * ratio).round() as usize, height))
    } else {
        Some((width, (height as f64 / ratio).round() as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::square_size;

    #[test]
    fn pictures_grow_and_never_shrink() {
        assert_eq!(square_size(720, 576, 64, 45), Some((1024, 576)));
        assert_eq!(square_size(720, 480, 8, 9), Some((720, 540)));
        assert_eq!(square_size(33, 21, 1, 1), Some((33, 21)));
        assert_eq!(square_size(33, 21, 0, 1), None);
        assert_eq!(square_size(33, 21, 1, 100), None);
    }
}
