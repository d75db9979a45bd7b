//! The luma of the clip, one band of rows of places after the other.

use std::ops::Range;

use super::budget::{pixel_rows, plan};
use super::{Grid, Pick};
use crate::clip::{Bands, Clip, Stack};
use crate::error::Error;
use crate::estimate::Estimate;
use crate::settings::Settings;
use crate::video::Channels;
use manifold::progress::Progress;

/// Plans the bands and reads the first.
pub(super) fn decode(
    clip: &mut Clip,
    grid: &Grid,
    settings: &Settings,
    pick: Pick,
    progress: &dyn Progress,
) -> Result<(Bands, Stack), Error> {
    let expected = clip.expected_frames(progress)?;
    let planned = |clip: &Clip, frames: usize| -> Result<Bands, Error> {
        let bands = plan(&clip.info, grid, settings, pick, frames)?;
        let (places, memory) = (grid.len(), bands.bytes);
        Estimate { frames, places, bands: bands.rows.len(), memory }.tell(progress);
        Ok(bands)
    };
    let mut bands = planned(clip, expected)?;
    let rows = pixel_rows(grid, &bands.rows[0]);
    let folder = settings.spill.as_deref().filter(|_| bands.rows.len() > 1);
    let mut first = clip.read_first(rows, expected, folder, progress)?;
    if clip.frames() > expected {
        bands = planned(clip, clip.frames())?;
        let rows = pixel_rows(grid, &bands.rows[0]);
        if rows != first.rows() {
            first = clip.read(Channels::Luma, rows, progress)?;
        }
    }
    Ok((bands, first))
}

/// Reads one band after the other; the first is in memory already.
pub(super) struct BandReader<'a> {
    pub clip: &'a Clip<'a>,
    pub grid: &'a Grid,
    pub progress: &'a dyn Progress,
    rows: std::slice::Iter<'a, Range<usize>>,
    first: Option<Stack>,
}

impl<'a> BandReader<'a> {
    pub(super) fn new(
        clip: &'a Clip<'a>,
        grid: &'a Grid,
        bands: &'a Bands,
        first: Stack,
        progress: &'a dyn Progress,
    ) -> Self {
        BandReader { clip, grid, progress, rows: bands.rows.iter(), first: Some(first) }
    }

    /// The next rows of places, and the luma of all frames there.
    pub(super) fn next(&mut self) -> Result<Option<(Range<usize>, Stack)>, Error> {
        let Some(rows) = self.rows.next() else { return Ok(None) };
        let stack = match self.first.take() {
            Some(first) => first,
            None => self.clip.read(Channels::Luma, pixel_rows(self.grid, rows), self.progress)?,
        };
        Ok(Some((rows.clone(), stack)))
    }
}
