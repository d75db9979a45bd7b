//! How the samples of an FFmpeg frame lie in memory and what they mean.

use std::ffi::CStr;

use ff::ffi::{
    AV_PIX_FMT_FLAG_BAYER, AV_PIX_FMT_FLAG_BE, AV_PIX_FMT_FLAG_BITSTREAM, AV_PIX_FMT_FLAG_FLOAT,
    AV_PIX_FMT_FLAG_HWACCEL, AV_PIX_FMT_FLAG_PAL, AV_PIX_FMT_FLAG_RGB,
};
use ffmpeg_next as ff;

use crate::video::{Channels, ColorSpace, Depth};

/// Larger pictures than this are high definition: BT.709 where the stream names no matrix, as
/// players guess it.
const STANDARD_WIDTH: u32 = 1279;
const STANDARD_HEIGHT: u32 = 576;

/// Where luma samples lie, for formats that store them as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LumaPlane {
    pub(super) plane: usize,
    /// Bytes from one sample to the next.
    pub(super) step: usize,
    /// Bytes before the first sample of a row.
    pub(super) offset: usize,
    /// Bits below the sample in its byte or word.
    pub(super) shift: u32,
    /// Bits per sample, 1 ..= 16.
    pub(super) bits: u32,
    pub(super) big_endian: bool,
}

impl LumaPlane {
    /// Bytes that hold one sample.
    pub(super) fn bytes(&self) -> usize {
        if self.shift + self.bits > 8 { 2 } else { 1 }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) format: ff::format::Pixel,
    flags: u64,
    components: usize,
    bits: u32,
    /// Chroma has fewer columns, or rows, than luma.
    subsampled: (bool, bool),
    /// `None` for RGB, palettes, floats and the like, which swscale takes apart.
    pub(super) luma: Option<LumaPlane>,
    pub(super) full_range: bool,
    /// Where chroma samples lie, right and down, in 1/256 of a luma sample; swscale's default is the middle.
    pub(super) siting: Option<(i64, i64)>,
    /// The matrix by swscale's number (SWS_CS_...).
    pub(super) matrix: i32,
}

impl Layout {
    pub(super) fn of(picture: &ff::frame::Video) -> Self {
        let format = picture.format();
        let mut layout = Layout {
            format,
            flags: 0,
            components: 3,
            bits: 8,
            subsampled: (false, false),
            luma: None,
            full_range: false,
            siting: None,
            matrix: matrix(picture),
        };
        // SAFETY: descriptors are constants of the library; null stands for unknown formats.
        if let Some(description) = unsafe { ff::ffi::av_pix_fmt_desc_get(format.into()).as_ref() } {
            layout.flags = description.flags;
            layout.components = usize::from(description.nb_components);
            layout.bits = description.comp[0].depth.unsigned_abs();
            layout.subsampled = (description.log2_chroma_w > 0, description.log2_chroma_h > 0);
            layout.luma = layout.luma_plane(&description.comp[0]);
        }
        layout.siting = layout.siting(picture);
        layout.full_range = layout.is_full_range(picture.color_range());
        layout
    }

    pub(super) fn name(&self) -> String {
        // SAFETY: names are constants of the library; null stands for unknown formats.
        let name = unsafe {
            let name = ff::ffi::av_get_pix_fmt_name(self.format.into());
            if name.is_null() { None } else { Some(CStr::from_ptr(name)) }
        };
        name.map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// A palette may hold colors, so it does.
    pub(super) fn channels(&self) -> Channels {
        let color = self.has(AV_PIX_FMT_FLAG_RGB) || self.has(AV_PIX_FMT_FLAG_PAL);
        if self.components > 2 || color { Channels::Rgb } else { Channels::Luma }
    }

    pub(super) fn depth(&self) -> Depth {
        if self.bits > 8 { Depth::Sixteen } else { Depth::Eight }
    }

    /// Frames that stay in a graphics card's memory.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.has(AV_PIX_FMT_FLAG_HWACCEL)
    }

    fn has(&self, flag: i32) -> bool {
        self.flags & u64::from(flag.unsigned_abs()) != 0
    }

    fn luma_plane(&self, first: &ff::ffi::AVComponentDescriptor) -> Option<LumaPlane> {
        let not_luma = [
            AV_PIX_FMT_FLAG_RGB,
            AV_PIX_FMT_FLAG_PAL,
            AV_PIX_FMT_FLAG_BITSTREAM,
            AV_PIX_FMT_FLAG_HWACCEL,
            AV_PIX_FMT_FLAG_BAYER,
            AV_PIX_FMT_FLAG_FLOAT,
        ];
        if not_luma.into_iter().any(|flag| self.has(flag)) || self.name().starts_with("xyz") {
            return None;
        }
        let luma = LumaPlane {
            plane: usize::try_from(first.plane).ok()?,
            step: usize::try_from(first.step).ok()?,
            offset: usize::try_from(first.offset).ok()?,
            shift: first.shift.unsigned_abs(),
            bits: self.bits,
            big_endian: self.has(AV_PIX_FMT_FLAG_BE),
        };
        (luma.shift + luma.bits <= 16 && luma.bits > 0 && luma.step > 0).then_some(luma)
    }

    /// As tagged. Untagged, 8 bits of 4:2:0 are in the middle, as FFmpeg writes them to a pipe, and all else on the left.
    fn siting(&self, picture: &ff::frame::Video) -> Option<(i64, i64)> {
        use ff::ffi::AVChromaLocation::{
            AVCHROMA_LOC_BOTTOM, AVCHROMA_LOC_BOTTOMLEFT, AVCHROMA_LOC_CENTER, AVCHROMA_LOC_LEFT,
            AVCHROMA_LOC_TOP, AVCHROMA_LOC_TOPLEFT,
        };
        // SAFETY: the frame is valid.
        let tagged = unsafe { (*picture.as_ptr()).chroma_location };
        let (across, down) = self.subsampled;
        let place = match tagged {
            AVCHROMA_LOC_LEFT => (0, 128),
            AVCHROMA_LOC_CENTER => (128, 128),
            AVCHROMA_LOC_TOPLEFT => (0, 0),
            AVCHROMA_LOC_TOP => (128, 0),
            AVCHROMA_LOC_BOTTOMLEFT => (0, 256),
            AVCHROMA_LOC_BOTTOM => (128, 256),
            _ if across && down && self.bits == 8 => (128, 128),
            _ => (0, 128),
        };
        across.then_some((place.0, if down { place.1 } else { 0 }))
    }

    /// As tagged; gray and the yuvj formats are full range where nothing is said, other YUV
    /// formats limited.
    fn is_full_range(&self, tagged: ff::color::Range) -> bool {
        match tagged {
            ff::color::Range::JPEG => true,
            ff::color::Range::MPEG => false,
            ff::color::Range::Unspecified => {
                self.channels() == Channels::Luma
                    || self.has(AV_PIX_FMT_FLAG_RGB)
                    || self.name().starts_with("yuvj")
            }
        }
    }
}

/// PQ as H.273 numbers it; HLG is the other transfer of high dynamic range.
pub(super) const PQ: u8 = 16;
const HLG: u8 = 18;
/// Primary colors of BT.2020, likewise.
const BT2020: u8 = 9;

/// What the values mean, as the video says.
pub(super) fn color_space(picture: &ff::frame::Video) -> ColorSpace {
    use ff::color::TransferCharacteristic::{ARIB_STD_B67, SMPTE2084};
    let transfer = match picture.color_transfer_characteristic() {
        SMPTE2084 => PQ,
        ARIB_STD_B67 => HLG,
        _ => return ColorSpace::Standard,
    };
    let primaries = match picture.color_primaries() {
        ff::color::Primaries::BT709 => 1,
        ff::color::Primaries::SMPTE432 => 12,
        _ => BT2020,
    };
    ColorSpace::HighDynamicRange { primaries, transfer }
}

fn matrix(picture: &ff::frame::Video) -> i32 {
    use ff::color::Space;
    use ff::ffi::{SWS_CS_BT2020, SWS_CS_FCC, SWS_CS_ITU601, SWS_CS_ITU709, SWS_CS_SMPTE240M};
    match picture.color_space() {
        Space::BT709 => SWS_CS_ITU709,
        Space::FCC => SWS_CS_FCC,
        Space::BT470BG | Space::SMPTE170M => SWS_CS_ITU601,
        Space::SMPTE240M => SWS_CS_SMPTE240M,
        Space::BT2020NCL | Space::BT2020CL => SWS_CS_BT2020,
        _ if picture.width() > STANDARD_WIDTH || picture.height() > STANDARD_HEIGHT => SWS_CS_ITU709,
        _ => SWS_CS_ITU601,
    }
}
