//! Restores one video: the one file that names every stage.
//!
//! ```
//! use seethru::pipeline::{FrameRange, Settings, restore};
//! use seethru::progress::Silent;
//! use seethru::video::Input;
//!
//! # if cfg!(feature = "video") {
//! let clip = Input::locate("samples/wavy.mp4")?;
//! let frames = FrameRange { end: Some(12), ..FrameRange::default() };
//! let restored = restore(&clip, &Settings { frames, ..Settings::default() }, &Silent)?;
//! assert_eq!((restored.picture.width, restored.frames_used), (restored.video.width, 12));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clip;
mod memory;

mod outcome;
mod plain;
mod register;
mod settings;

mod stabilized;
mod store;
mod waves;

use std::time::Instant;

use crate::places::bands::{Bands, pixel_rows};
use crate::places::{Candidates, agree};
use crate::places::{Grid, Stack, Stitcher};
use crate::registration::Start;
use crate::stage;
use crate::video::{Channels, Frame, Input};
use clip::Clip;
pub(crate) use clip::advance;
use manifold::progress::{Progress, Stage};

pub use crate::registration::camera::Motion;
pub use crate::video::FrameRange;
pub use memory::{Estimate, estimate};
pub use outcome::{Comparisons, Places, Registration, Restoration, RestoreError};
pub use settings::{Baseline, CenterSettings, Choice, Method, RegisterSettings, Settings};
pub use stabilized::stabilized;
pub use waves::write_displacements;

/// Restores one still from a video.
///
/// The still has the size and colors of the input's frames and depends only on the input and the
/// settings, not on threads or memory.
///
/// # Errors
/// [`RestoreError`] says what is wrong with the input or the settings; `Canceled` if `progress`
/// asked to stop. Nothing is written anywhere.
pub fn restore(
    input: &Input,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Restoration, RestoreError> {
    let threads = settings.threads.map_or(0, |threads| threads.get());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    pool.install(|| Run::new(input, settings, progress)?.restore())
}

/// One restoration in progress.
struct Run<'a> {
    settings: &'a Settings,
    progress: &'a dyn Progress,
    clip: Clip<'a>,
    grid: Grid,
    timings: Vec<(Stage, std::time::Duration)>,
}

/// Which frames make up the still at each place, all with equal shares.
struct Picks {
    frames: Vec<Vec<u32>>,
    /// Cost, solves and components of each place, if there are any.
    places: Vec<crate::places::centers::Place>,
}

impl<'a> Run<'a> {
    fn new(
        input: &'a Input,
        settings: &'a Settings,
        progress: &'a dyn Progress,
    ) -> Result<Run<'a>, RestoreError> {
        let clip = Clip::open(input, settings.frames)?;
        let grid = Grid::new(clip.info.width, clip.info.height, settings.patch, settings.step)?;
        Ok(Run { settings, progress, clip, grid, timings: Vec::new() })
    }

    fn restore(self) -> Result<Restoration, RestoreError> {
        match &self.settings.method {
            Method::Register(settings) => self.register(settings, Start::Center),
            Method::MeanRegister(settings) => self.register(settings, Start::Mean),
            Method::Centers(_) | Method::Lucky | Method::Baseline(_) => self.pick(),
        }
    }

    /// A still made of frames' pixels, unmoved.
    fn pick(mut self) -> Result<Restoration, RestoreError> {
        let (bands, first) = self.decode()?;
        self.check_frames()?;
        let (picture, picks) = match &self.settings.method {
            Method::Centers(centers) => {
                let mut picks = self.find_centers(&bands, first, centers)?;
                self.choose(&mut picks, centers)?;
                (self.stitch(&picks)?, Some(picks))
            }
            Method::Lucky => {
                let picks = self.lucky(&bands, first)?;
                (self.stitch(&picks)?, Some(picks))
            }
            Method::Baseline(kind @ (Baseline::NearestMean | Baseline::NearestMedian)) => {
                let picks = self.nearest(*kind, &bands, first)?;
                (self.stitch(&picks)?, Some(picks))
            }
            Method::Baseline(kind) => {
                // They read a band of their own, of all channels.
                drop(first);
                (self.plain(*kind, &bands)?, None)
            }
            // `restore` handles these elsewhere.
            Method::Register(_) | Method::MeanRegister(_) => return self.restore(),
        };
        let comparisons = self.settings.comparisons.then(|| self.comparisons(&bands)).transpose()?;
        Ok(Restoration {
            picture,
            frames_used: self.clip.frames(),
            places: picks.map(|picks| self.places(&picks)),
            registration: None,
            comparisons,
            bands: bands.rows.len(),
            memory_estimate: bands.bytes,
            timings: self.timings,
            warnings: self.clip.warnings,
            video: self.clip.info,
        })
    }

    /// Plans the bands and reads the first.
    fn decode(&mut self) -> Result<(Bands, Stack), RestoreError> {
        let start = Instant::now();
        let expected = match self.clip.expected_frames() {
            Some(frames) => frames,
            None => self.clip.count(self.progress)?,
        };
        let mut bands = self.plan(expected)?;
        let rows = pixel_rows(&self.grid, &bands.rows[0]);
        let plain = matches!(self.settings.method, Method::Baseline(Baseline::Mean | Baseline::Median));
        let folder = self.settings.spill.as_deref().filter(|_| bands.rows.len() > 1 && !plain);
        let mut first = self.clip.read_first(rows, expected, folder, self.progress)?;
        if self.clip.frames() > expected {
            bands = self.plan(self.clip.frames())?;
            let rows = pixel_rows(&self.grid, &bands.rows[0]);
            if rows != first.rows() {
                first = self.clip.read(Channels::Luma, rows, self.progress)?;
            }
        }
        self.note(stage::DECODE, start);
        Ok((bands, first))
    }

    fn plan(&self, frames: usize) -> Result<Bands, RestoreError> {
        let threads = rayon::current_num_threads();
        let bands = Bands::plan(&self.clip.info, &self.grid, self.settings, frames, threads)?;
        let (places, memory) = (self.grid.len(), bands.bytes);
        Estimate { frames, places, bands: bands.rows.len(), memory }.tell(self.progress);
        Ok(bands)
    }

    /// Settings that can only be judged once the frames are counted.
    fn check_frames(&self) -> Result<(), RestoreError> {
        let frames = self.clip.frames();
        match &self.settings.method {
            Method::Centers(CenterSettings { centers, .. }) if centers.get() > frames => {
                Err(RestoreError::Centers { centers: centers.get(), frames })
            }
            _ => Ok(()),
        }
    }

    fn find_centers(
        &mut self,
        bands: &Bands,
        first: Stack,
        settings: &CenterSettings,
    ) -> Result<Picks, RestoreError> {
        let mut places = Vec::with_capacity(self.grid.len());
        self.each_band(bands, first, |run, rows, stack| {
            let start = Instant::now();
            let (grid, progress) = (&run.grid, run.progress);
            let band =
                crate::places::centers::Band { stack, grid, rows, settings, done: places.len(), progress };
            places.extend(band.find(&run.settings.device)?);
            run.note(stage::PLACES, start);
            Ok(())
        })?;
        let apart = places.iter().filter(|place| place.components > 1).count();
        // A few places (flat ones, say) are not worth a warning; half of them point to the settings.
        if 2 * apart > places.len() {
            let of = places.len();
            self.clip.warnings.insert(
                0,
                format!(
                    "at {apart} of {of} places the neighborhood graph fell into groups: allow more neighbors or a larger radius"
                ),
            );
        }
        Ok(Picks { frames: places.iter().map(|place| place.frames.clone()).collect(), places })
    }

    /// Passes every band to `visit`; the first is in memory already.
    fn each_band(
        &mut self,
        bands: &Bands,
        first: Stack,
        mut visit: impl FnMut(&mut Self, std::ops::Range<usize>, &Stack) -> Result<(), RestoreError>,
    ) -> Result<(), RestoreError> {
        let mut stack = Some(first);
        for rows in &bands.rows {
            let band = match stack.take() {
                Some(first) => first,
                None => {
                    let start = Instant::now();
                    let band = pixel_rows(&self.grid, rows);
                    let band = self.clip.read(Channels::Luma, band, self.progress)?;
                    self.note(stage::DECODE, start);
                    band
                }
            };
            visit(self, rows.clone(), &band)?;
        }
        Ok(())
    }

    /// Reduces the centers of each place to one, unless they are blended.
    fn choose(&mut self, picks: &mut Picks, settings: &CenterSettings) -> Result<(), RestoreError> {
        let labels = settings.centers.get();
        // Dropping components can leave a place with fewer centers than requested: it takes its first.
        if settings.choice == Choice::Blend || labels == 1 {
            return Ok(());
        }
        let start = Instant::now();
        clip::advance(self.progress, stage::AGREE, 0, None)?;
        let (mut pixels, mut own) = (Vec::new(), Vec::new());
        let patch_len = self.grid.patch().pow(2);
        for place in &mut picks.places {
            let missing = labels - place.frames.len();
            pixels.append(&mut place.pixels);
            own.append(&mut place.spread);
            pixels.resize(pixels.len() + missing * patch_len, 0);
            own.resize(own.len() + missing, f64::MAX / 1e30);
        }
        let candidates = Candidates { grid: &self.grid, labels, pixels: &pixels, own: &own };
        for (frames, &label) in picks.frames.iter_mut().zip(&agree(&candidates).labels) {
            *frames = vec![frames[label as usize]];
        }
        self.note(stage::AGREE, start);
        Ok(())
    }

    /// Decodes the chosen frames in color and blends their patches.
    fn stitch(&mut self, picks: &Picks) -> Result<Frame, RestoreError> {
        let start = Instant::now();
        let mut by_frame = vec![Vec::new(); self.clip.frames()];
        for (place, frames) in picks.frames.iter().enumerate() {
            for &frame in frames {
                by_frame[frame as usize].push((place, 1.0 / frames.len() as f32));
            }
        }
        let info = &self.clip.info;
        let mut stitcher = Stitcher::new(&self.grid, info.width, info.height, info.channels, info.depth);
        let gains = self.gains();
        let used = |frame: usize| !by_frame[frame].is_empty();
        self.clip.read_some(used, stage::STITCH, self.progress, |at, frame| {
            for &(place, share) in &by_frame[at] {
                stitcher.add(&frame, place, share, gains[at]);
            }
            Ok(())
        })?;
        let picture = stitcher.finish();
        self.note(stage::STITCH, start);
        Ok(picture)
    }

    /// What each frame is multiplied by so that all are as bright as the median one.
    fn gains(&self) -> Vec<f32> {
        let mut sorted = self.clip.brightness.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let median = sorted[sorted.len() / 2];
        let gain = |&mean: &f64| if mean > 0.0 { (median / mean) as f32 } else { 1.0 };
        self.clip.brightness.iter().map(gain).collect()
    }

    fn places(&self, picks: &Picks) -> Places {
        let number = |frames: &Vec<u32>| self.clip.numbers[frames[0] as usize];
        let cost = picks.places.iter().map(|place| place.cost).collect();
        Places {
            grid: self.grid.clone(),
            frame: picks.frames.iter().map(number).collect(),
            cost: (!picks.places.is_empty()).then_some(cost),
            solves: picks.places.iter().map(|place| place.solves).collect(),
            components: picks.places.iter().map(|place| place.components).collect(),
        }
    }

    /// Adds the time since `start` to that of `stage`.
    fn note(&mut self, stage: Stage, start: Instant) {
        let spent = start.elapsed();
        match self.timings.iter_mut().find(|(noted, _)| *noted == stage) {
            Some((_, time)) => *time += spent,
            None => self.timings.push((stage, spent)),
        }
    }
}
