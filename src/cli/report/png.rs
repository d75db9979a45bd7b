//! Frames as PNG files in memory, for pages.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

use super::ReportError;
use seethru::video::{Channels, Frame, Samples};

/// The frame as an 8-bit PNG file. Deeper samples are rounded: screens show no more.
pub(crate) fn encode_png(frame: &Frame) -> Result<Vec<u8>, ReportError> {
    let color = match frame.channels {
        Channels::Luma => ExtendedColorType::L8,
        Channels::Rgb => ExtendedColorType::Rgb8,
    };
    let rounded;
    let samples = match &frame.samples {
        Samples::U8(samples) => samples,
        Samples::U16(samples) => {
            rounded = samples.iter().map(|&sample| to_eight_bits(sample)).collect::<Vec<u8>>();
            &rounded
        }
    };
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new(&mut png).write_image(samples, frame.width as u32, frame.height as u32, color)?;
    Ok(png.into_inner())
}

/// The frame as a `data:` address that an `<img>` shows without a network.
pub(crate) fn png_data_uri(frame: &Frame) -> Result<String, ReportError> {
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(encode_png(frame)?)))
}

fn to_eight_bits(sample: u16) -> u8 {
    ((u32::from(sample) * 255 + 32_767) / 65_535) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_survive_the_file() {
        let samples = vec![0, 1, 2, 250, 251, 252];
        let frame =
            Frame { width: 2, height: 1, channels: Channels::Rgb, samples: Samples::U8(samples.clone()) };
        let decoded = image::load_from_memory(&encode_png(&frame).unwrap()).unwrap();
        assert_eq!(decoded.to_rgb8().into_raw(), samples);
    }

    #[test]
    fn deep_samples_are_rounded_to_the_nearest() {
        let samples = Samples::U16(vec![0, 128, 129, 257, 65_535, 65_406]);
        let frame = Frame { width: 6, height: 1, channels: Channels::Luma, samples };
        let decoded = image::load_from_memory(&encode_png(&frame).unwrap()).unwrap();
        assert_eq!(decoded.to_luma8().into_raw(), [0, 0, 1, 1, 255, 254]);
    }
}
