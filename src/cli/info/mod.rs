//! `seethru info`: what is in a clip, how its water moves, and which options suit it.

mod report;
mod text;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgMatches, Args, Command, ValueHint};
use manifold::progress::Progress;
use seethru::places::Grid;
use seethru::survey::{Cost, Given, Suggestion, Survey, suggest, survey};
use seethru::video::Input;
use seethru::{CenterSettings, Method, PatchSettings, Settings};

use super::clip_source::Source;
use super::console::Console;
use super::file_names::named_after;
use super::lines::print_bytes;
use super::restore::SettingsArgs;
use super::restore::settings::settings;
use super::restore::{auto, remedy};
use super::stop::Stop;
use super::view_args::with_option;
use super::{command_line, options};
use report::Report;

/// Show what is in a video, how its water moves, and which options suit it.
///
/// The clip is decoded once (a very long one in part) and some small frames of its middle are registered
/// with one another, which takes a few seconds. Given options are kept, and the others are chosen to suit
/// them; the printed command line restores the clip with all of them.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = "\
Examples:
  seethru info pool.mp4
  seethru info pool.mp4 --method centers --json
  seethru info pool.mp4 --frames 0..20 --memory 1GiB")]
pub(crate) struct InfoArgs {
    /// Video file, folder of images, quoted pattern ('frames/*.png'), or - for y4m on standard input
    #[arg(value_name = "VIDEO", value_hint = ValueHint::FilePath)]
    pub(crate) input: PathBuf,
    /// Print a machine-readable report instead (schema seethru.info/2)
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
}

/// All that is reported.
struct Told<'a> {
    /// A command line that repeats the call.
    call: &'a str,
    name: &'a str,
    survey: &'a Survey,
    suggestion: &'a Suggestion,
    cost: Result<Cost, String>,
    /// The patches that would suit `--method centers`, where that is not what is suggested.
    patches: Option<PatchSettings>,
    /// A command line that does what is suggested.
    command: String,
}

/// `input_word` is the input as it is typed where a subcommand could stand.
pub(crate) fn run(
    args: &InfoArgs,
    (matches, call, input_word): (&ArgMatches, &str, &str),
    console: &Console,
    stop: &Stop,
) -> Result<()> {
    let mut settings = settings(&args.settings)?;
    // Where the picture is written by default, a temporary file has its place as well.
    settings.spill = Some(".".into());
    let source = Source::named(&args.input, args.settings.view.view()?)?;
    let input = source.open(stop).map_err(|error| stop.explain(error))?;
    let given = auto::given(&args.settings);
    let progress = console.progress(stop.clone());
    let survey = survey(&input, &settings, &progress)
        .map_err(|error| remedy::in_options(error, &input, &settings.method))?;
    let suggestion = suggest(&survey, &settings, &given);
    let name = args.input.display().to_string();
    let told = Told {
        call,
        name: &name,
        cost: cost(&survey, &suggestion.settings, &input, &progress)?,
        patches: patches(&survey, &suggestion.settings, &given),
        command: command(args, (matches, input_word), &suggestion),
        suggestion: &suggestion,
        survey: &survey,
    };
    drop(progress);
    stop.check()?;
    for warning in &survey.warnings {
        console.warning(&with_option(warning));
    }
    let text = match args.json {
        true => serde_json::to_string_pretty(&Report::of(&told))? + "\n",
        false => text::lines(&told),
    };
    print_bytes(text.as_bytes())
}

/// What the suggestion takes, or in one line why it cannot be done.
fn cost(
    survey: &Survey,
    settings: &Settings,
    input: &Input,
    progress: &dyn Progress,
) -> Result<Result<Cost, String>> {
    match survey.cost(settings, &std::env::temp_dir(), progress) {
        Err(error @ seethru::Error::Canceled) => Err(error.into()),
        Err(error) => Ok(Err(remedy::in_options(error, input, &settings.method).to_string())),
        Ok(cost) => Ok(Ok(cost)),
    }
}

fn patches(survey: &Survey, settings: &Settings, given: &Given) -> Option<PatchSettings> {
    let Method::Register(_) = settings.method else { return None };
    let centers = Settings { method: Method::Centers(CenterSettings::default()), ..settings.clone() };
    let centers = suggest(survey, &centers, &Given { method: true, ..*given }).settings;
    let patches = *centers.method.patches()?;
    Grid::new(survey.video.width, survey.video.height, patches.patch, patches.step).ok()?;
    Some(patches)
}

/// `seethru VIDEO`, what was given and what is suggested.
fn command(args: &InfoArgs, (matches, input_word): (&ArgMatches, &str), suggestion: &Suggestion) -> String {
    let settings = SettingsArgs::augment_args(Command::new("settings"));
    let among = settings.get_arguments().filter(|arg| arg.get_id() != "auto");
    let given = matches.subcommand().map_or(Vec::new(), |(_, matches)| options::given(matches, among));
    let mut words = vec![input_word.to_owned()];
    if named_after(&args.input, "-still.png").is_err() {
        words.push("--output=still.png".to_owned());
    }
    words.extend(given);
    words.extend(auto::words(suggestion));
    command_line::repeatable(&words.into_iter().map(OsString::from).collect::<Vec<_>>())
}
