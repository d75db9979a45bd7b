//! What can be typed after `seethru batch`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::restore::SettingsArgs;
use crate::cli::values;

const MORE: &str = "\
Examples:
  seethru batch clips/ --recursive -o stills --dry-run
  seethru batch clips/*.mp4 -o stills
  seethru batch --list clips.csv -o listed --jobs 2 --json
  seethru batch pool.mp4 'clips/*.mp4' -o stills --resume --retry-failed

Clips:
  A folder stands for the videos in it, with --recursive also for those in its
  subfolders; the outputs keep the folder structure. On standard input each
  line is one clip: a video, or a folder of images.

Lists (--list):
  .csv, .tsv  a header, then one clip per row, in these columns
    video     the clip, relative to the list's folder
    output    the still's name in the output folder (may be left out)
    others    a long option of restoring without its dashes; an empty cell means
              not given; switches are true or false
  .toml       a table [[clip]] per clip, with video, output and options as keys
  A row's options override the command line's, and those override seethru.toml's.
  --threads and --memory are for the whole batch.

Outputs, for each clip once it is done:
  NAME.png    the still, or another format with --format
  NAME.json   its report (schema seethru.restore/2)
  NAME.html   its page, unless --no-report
  and for all of them, unless --no-report
  seethru-batch.html  an overview: each clip before and after, how reliable its still is,
              how long it took, or why it failed; also of clips done before
  The same clip and options make the same bytes, so times and memory are not in
  these files but in seethru-batch.jsonl, which has a line for each clip.
  Older files of these names are replaced, inputs never.

Continuing after a stop:
  With --resume, clips that are done are skipped if video and options are
  unchanged (by SHA-256) and the outputs are there as they were written. So are
  clips that failed, unless something changed or --retry-failed is given. All
  others are restored.

Jobs:
  --jobs auto chooses the number of clips at a time so the whole plan should
  finish soonest. One thread alone does a fifth of a clip's work (decoding,
  color), and up to half of a small clip's: many clips run one per core, few as
  fewer jobs with more threads each. --threads and --memory are divided among
  the jobs; there are fewer where a clip would not fit its share of the memory.
  Clips that are already done count, so a batch that continues is divided as
  before.

Exit status:
  0 all done, 1 the plan is bad or the manifest cannot be written, 2 some clips
  failed, 130 interrupted";

/// Restore many clips, each separately.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = MORE, after_help = "Run seethru batch --help for examples, lists and resuming.")]
pub(crate) struct BatchArgs {
    /// Videos, folders of videos, quoted patterns ('clips/*.mp4'), or - for names on standard input
    #[arg(value_name = "CLIP", required_unless_present = "list", value_hint = ValueHint::AnyPath)]
    pub(crate) clips: Vec<PathBuf>,
    /// Read clips, each with options of its own, from a .csv, .tsv or .toml file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) list: Option<PathBuf>,
    /// Also take the videos in subfolders
    #[arg(long)]
    pub(crate) recursive: bool,

    /// Folder to write to, created if needed
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// Format of the stills
    #[arg(long, value_name = "FORMAT", default_value = "png", help_heading = "Output")]
    pub(crate) format: FormatArg,
    /// Write no pages (.html)
    #[arg(long, help_heading = "Output")]
    pub(crate) no_report: bool,
    /// Open the overview in the browser when the batch has ended
    #[arg(long, conflicts_with = "no_report", help_heading = "Output")]
    pub(crate) open: bool,
    /// Print a machine-readable summary to standard output (schema seethru.batch/2)
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Only show what would be done
    #[arg(long, help_heading = "Batch")]
    pub(crate) dry_run: bool,
    /// Clips at a time: auto or a number
    #[arg(long, value_name = "N", default_value = "auto", help_heading = "Batch")]
    pub(crate) jobs: Jobs,
    /// Continue the batch in the output folder: skip what is done
    #[arg(long, help_heading = "Batch")]
    pub(crate) resume: bool,
    /// Continue, and try again what failed
    #[arg(long, help_heading = "Batch")]
    pub(crate) retry_failed: bool,
    /// Ignore the batch in the output folder, and restore all clips
    #[arg(long, conflicts_with_all = ["resume", "retry_failed"], help_heading = "Batch")]
    pub(crate) overwrite: bool,

    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

impl BatchArgs {
    /// To retry what failed, all else is passed over.
    pub(crate) fn resumes(&self) -> bool {
        self.resume || self.retry_failed
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    Png,
    Tif,
    Jpg,
    Webp,
    Bmp,
    Ppm,
    Pgm,
}

impl FormatArg {
    pub(crate) fn ending(self) -> &'static str {
        match self {
            FormatArg::Png => "png",
            FormatArg::Tif => "tif",
            FormatArg::Jpg => "jpg",
            FormatArg::Webp => "webp",
            FormatArg::Bmp => "bmp",
            FormatArg::Ppm => "ppm",
            FormatArg::Pgm => "pgm",
        }
    }
}

/// How many clips are restored at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jobs {
    Auto,
    Fixed(NonZeroUsize),
}

impl FromStr for Jobs {
    type Err = String;

    fn from_str(text: &str) -> Result<Jobs, String> {
        match text {
            "auto" => Ok(Jobs::Auto),
            _ => values::threads(text).map(Jobs::Fixed).map_err(|why| format!("{why}, or auto")),
        }
    }
}
