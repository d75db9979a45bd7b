//! The plain pictures: baselines by themselves, and comparisons for a report.

use std::time::Instant;

use super::{Baseline, Comparisons, Picks, RestoreError, Run};
use crate::baseline::{MeanPicture, kept, lucky, median, nearest};
use crate::places::bands::{Bands, pixel_rows};
use crate::places::{Stack, StackSamples};
use crate::stage;
use crate::video::{Channels, Frame, Samples};

impl Run<'_> {
    /// The mean or median in all channels.
    pub(super) fn plain(&mut self, kind: Baseline, bands: &Bands) -> Result<Frame, RestoreError> {
        let channels = self.clip.info.channels;
        match kind {
            Baseline::Mean | Baseline::NearestMean => self.mean(channels),
            Baseline::Median | Baseline::NearestMedian => self.median(bands, channels),
        }
    }

    /// Temporal mean of each sample.
    pub(super) fn mean(&mut self, channels: Channels) -> Result<Frame, RestoreError> {
        let start = Instant::now();
        let info = &self.clip.info;
        let mut mean = MeanPicture::new(info.width, info.height, channels, info.depth);
        self.clip.each(channels, stage::BASELINE, self.progress, |_, frame| Ok(mean.push(&frame)?))?;
        let picture = mean.finish()?;
        self.note(stage::BASELINE, start);
        Ok(picture)
    }

    /// Temporal median of each sample, band by band.
    pub(super) fn median(&mut self, bands: &Bands, channels: Channels) -> Result<Frame, RestoreError> {
        let start = Instant::now();
        let (width, height) = (self.clip.info.width, self.clip.info.height);
        let row = width * channels.count();
        let mut samples = Samples::U8(Vec::new());
        for rows in &bands.rows {
            let rows = pixel_rows(&self.grid, rows);
            let stack = self.clip.read(channels, rows.clone(), self.progress)?;
            // Bands overlap where patches do; the later band writes those rows again.
            match (median(&stack), &mut samples) {
                (StackSamples::U8(band), Samples::U8(all)) => {
                    all.resize(row * height, 0);
                    all[rows.start * row..rows.end * row].copy_from_slice(&band);
                }
                (StackSamples::U16(band), Samples::U16(all)) => {
                    all[rows.start * row..rows.end * row].copy_from_slice(&band);
                }
                (StackSamples::U16(band), all) => {
                    let mut deep = vec![0; row * height];
                    deep[rows.start * row..rows.end * row].copy_from_slice(&band);
                    *all = Samples::U16(deep);
                }
                (StackSamples::U8(_), Samples::U16(_)) => {}
            }
        }
        self.note(stage::BASELINE, start);
        Ok(Frame { width, height, channels, samples })
    }

    /// The frame nearest to the temporal mean or median at each place.
    pub(super) fn nearest(
        &mut self,
        kind: Baseline,
        bands: &Bands,
        first: Stack,
    ) -> Result<Picks, RestoreError> {
        let reference = match kind {
            Baseline::Mean | Baseline::NearestMean => self.mean(Channels::Luma)?,
            Baseline::Median | Baseline::NearestMedian => self.median(bands, Channels::Luma)?,
        };
        let mut frames = Vec::with_capacity(self.grid.len());
        self.each_band(bands, first, |run, rows, stack| {
            let start = Instant::now();
            frames.extend(nearest(&reference, stack, &run.grid, rows)?.into_iter().map(|frame| vec![frame]));
            run.note(stage::BASELINE, start);
            Ok(())
        })?;
        Ok(Picks { frames, places: Vec::new() })
    }

    /// The sharpest frames at each place.
    pub(super) fn lucky(&mut self, bands: &Bands, first: Stack) -> Result<Picks, RestoreError> {
        let keep = kept(self.clip.frames());
        let mut frames = Vec::with_capacity(self.grid.len());
        self.each_band(bands, first, |run, rows, stack| {
            let start = Instant::now();
            frames.extend(lucky(stack, &run.grid, rows, keep)?);
            run.note(stage::BASELINE, start);
            Ok(())
        })?;
        Ok(Picks { frames, places: Vec::new() })
    }

    /// Mean, median and the middle frame.
    pub(super) fn comparisons(&mut self, bands: &Bands) -> Result<Comparisons, RestoreError> {
        let channels = self.clip.info.channels;
        let mean = self.mean(channels)?;
        let median = self.median(bands, channels)?;
        let middle = self.clip.frames() / 2;
        let mut raw = None;
        self.clip.read_some(
            |at| at == middle,
            stage::BASELINE,
            self.progress,
            |_, frame| {
                raw = Some(frame);
                Ok(())
            },
        )?;
        Ok(Comparisons { raw: raw.unwrap_or_else(|| mean.clone()), mean, median })
    }
}
