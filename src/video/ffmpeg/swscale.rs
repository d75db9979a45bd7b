//! A context of swscale that knows where chroma samples lie, which the crate `ffmpeg-next` has no way to say.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::{self, NonNull};

use ff::ffi::{
    SwsContext, av_opt_set_int, sws_alloc_context, sws_freeContext, sws_getCoefficients, sws_init_context,
    sws_scale, sws_setColorspaceDetails,
};
use ff::software::scaling::Flags;
use ffmpeg_next as ff;

use super::layout::Layout;

/// Converts frames of one layout and size to another format and size.
pub(super) struct Swscale {
    context: NonNull<SwsContext>,
    from: (ff::format::Pixel, u32, u32),
    to: (ff::format::Pixel, u32, u32),
}

// SAFETY: a swscale context is not tied to the thread that made it, and it is only ever used
// through `&mut`.
unsafe impl Send for Swscale {}

impl Swscale {
    /// `None` if swscale does not know the formats.
    pub(super) fn new(
        from: (ff::format::Pixel, u32, u32),
        to: (ff::format::Pixel, u32, u32),
        siting: Option<(i64, i64)>,
    ) -> Option<Swscale> {
        // SAFETY: nothing is asked for.
        let context = NonNull::new(unsafe { sws_alloc_context() })?;
        // Frees it from now on.
        let swscale = Swscale { context, from, to };
        let flags = Flags::BICUBIC | Flags::ACCURATE_RND | Flags::FULL_CHR_H_INT | Flags::FULL_CHR_H_INP;
        let format = |pixel: ff::format::Pixel| ff::ffi::AVPixelFormat::from(pixel) as i64;
        let (right, down) = siting.unwrap_or((-513, -513));
        let options = [
            (c"srcw", i64::from(from.1)),
            (c"srch", i64::from(from.2)),
            (c"src_format", format(from.0)),
            (c"dstw", i64::from(to.1)),
            (c"dsth", i64::from(to.2)),
            (c"dst_format", format(to.0)),
            (c"sws_flags", i64::from(flags.bits())),
            (c"src_h_chr_pos", right),
            (c"src_v_chr_pos", down),
        ];
        let all_set = options.into_iter().all(|(name, value)| swscale.set(name, value));
        // SAFETY: the context is valid, and has no filters of its own.
        let begun =
            all_set && unsafe { sws_init_context(context.as_ptr(), ptr::null_mut(), ptr::null_mut()) } >= 0;
        begun.then_some(swscale)
    }

    fn set(&self, name: &CStr, value: i64) -> bool {
        // SAFETY: the context is valid, and options are looked up by name.
        unsafe { av_opt_set_int(self.context.as_ptr().cast::<c_void>(), name.as_ptr(), value, 0) >= 0 }
    }

    /// What the samples of color frames mean; full-range RGB comes out.
    pub(super) fn set_matrix(&mut self, layout: &Layout) {
        // SAFETY: the context is valid, and the tables are constants of the library. 1 << 16 is
        // the neutral contrast and saturation.
        unsafe {
            let table = sws_getCoefficients(layout.matrix);
            let range = c_int::from(layout.full_range);
            sws_setColorspaceDetails(self.context.as_ptr(), table, range, table, 1, 0, 1 << 16, 1 << 16);
        }
    }

    pub(super) fn run(&mut self, picture: &ff::frame::Video) -> Result<ff::frame::Video, ff::Error> {
        if (picture.format(), picture.width(), picture.height()) != self.from {
            return Err(ff::Error::InputChanged);
        }
        let (format, width, height) = self.to;
        let mut out = ff::frame::Video::new(format, width, height);
        if out.planes() == 0 {
            return Err(ff::Error::Other { errno: ff::error::ENOMEM });
        }
        // SAFETY: both frames have the formats and sizes that the context was made for.
        unsafe {
            let (from, to) = (picture.as_ptr(), out.as_mut_ptr());
            sws_scale(
                self.context.as_ptr(),
                (*from).data.as_ptr().cast(),
                (*from).linesize.as_ptr(),
                0,
                self.from.2 as c_int,
                (*to).data.as_ptr(),
                (*to).linesize.as_ptr(),
            );
        }
        Ok(out)
    }
}

impl Drop for Swscale {
    fn drop(&mut self) {
        // SAFETY: the context is valid, and not used again.
        unsafe { sws_freeContext(self.context.as_ptr()) };
    }
}
