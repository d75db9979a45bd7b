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
  A folder stands for the videos in it; with --recursive also for those in the
  folders below, whose structure the outputs keep. On standard input each line
  is one clip: a video, or a folder of images.

Lists (--list):
  .csv, .tsv  a header, then one clip per row, in these columns
    video     the clip, seen from the list's folder
    output    the picture's name below the output folder (may be left out)
    others    a long option of restoring without its dashes; an empty cell: not
              given; switches: true or false
  .toml       a table [[clip]] per clip, with video, output, options as keys
  A row's options win over those of the command line, these over seethru.toml.
  --threads and --memory are for the whole batch.

Outputs, for each clip once it is done:
  NAME.png    the picture, or what --format says
  NAME.json   its report (schema seethru.restore/1)
  NAME.html   its page, unless --no-report
  The same clip and options make the same bytes, so times and memory are left
  out of them: these are in seethru-batch.jsonl, with a line for each clip.
  Older files of these names are replaced, inputs never.

Going on after a stop:
  With --resume, clips that are done are passed over if video and options are as
  they were (by SHA-256) and the outputs are there as they were written. So are
  clips that failed, unless something of them changed or --retry-failed is
  given. All others are done.

Jobs:
  --jobs auto takes that number of clips at a time with which the whole plan
  should end first. A fifth of a clip's work is done by one thread alone
  (decoding, color), of a small clip's up to half: many clips run as one per
  core, few as fewer jobs with more threads each. --threads and --memory are
  divided among the jobs; there are fewer where a clip would not fit its share
  of the memory. What was done before counts in the plan, so a batch that goes
  on is divided as it was.

Exit status:
  0 all done, 1 the plan is bad or the manifest cannot be written, 2 some clips
  failed, 130 interrupted";

/// Restore many clips, each by itself.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = MORE, after_help = "Run seethru batch --help for examples, lists and resuming.")]
pub struct BatchArgs {
    /// Videos, folders of videos, quoted patterns ('clips/*.mp4'), or - for names on standard input
    #[arg(value_name = "CLIP", required_unless_present = "list", value_hint = ValueHint::AnyPath)]
    pub clips: Vec<String>,
    /// Take clips, each with options of its own, from a .csv, .tsv or .toml file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub list: Option<PathBuf>,
    /// Also take the videos in the folders below a folder
    #[arg(long)]
    pub recursive: bool,

    /// Folder to write to; it is made if it is not there
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub output: PathBuf,
    /// Format of the pictures
    #[arg(long, value_name = "FORMAT", default_value = "png", help_heading = "Output")]
    pub format: FormatArg,
    /// Write no pages (.html)
    #[arg(long, help_heading = "Output")]
    pub no_report: bool,
    /// Print a machine-readable summary to standard output (schema seethru.batch/1)
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Only say what would be done
    #[arg(long, help_heading = "Batch")]
    pub dry_run: bool,
    /// Clips at a time: auto or a number
    #[arg(long, value_name = "N", default_value = "auto", help_heading = "Batch")]
    pub jobs: Jobs,
    /// Go on with the batch in the output folder: pass over what is done
    #[arg(long, help_heading = "Batch")]
    pub resume: bool,
    /// Go on, and do again what failed
    #[arg(long, help_heading = "Batch")]
    pub retry_failed: bool,
    /// Forget the batch in the output folder, and do all of this one
    #[arg(long, conflicts_with_all = ["resume", "retry_failed"], help_heading = "Batch")]
    pub overwrite: bool,

    #[command(flatten)]
    pub settings: SettingsArgs,
}

impl BatchArgs {
    /// To retry what failed, all else is passed over.
    pub fn resumes(&self) -> bool {
        self.resume || self.retry_failed
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    Png,
    Tif,
    Jpg,
    Webp,
    Bmp,
    Ppm,
    Pgm,
}

impl FormatArg {
    pub fn ending(self) -> &'static str {
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
pub enum Jobs {
    Auto,
    Fixed(NonZeroUsize),
}

impl FromStr for Jobs {
    type Err = String;

    fn from_str(text: &str) -> Result<Jobs, String> {
        match text {
            "auto" => Ok(Jobs::Auto),
            _ => values::at_least_one(text).map(Jobs::Fixed).map_err(|why| format!("{why}, or auto")),
        }
    }
}
