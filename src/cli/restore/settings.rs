//! From the options of restoring to the settings of the library.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use manifold::device::Device;
use seethru::{
    Baseline, CenterSettings, FrameRange, Method, Motion, PatchSettings, RegisterSettings, Settings,
};

use super::args::{MethodArg, SettingsArgs};
use crate::cli::misuse::Misuse;
use crate::cli::values::Words as _;

/// What the options ask for, if they agree with each other.
pub(crate) fn settings(args: &SettingsArgs) -> Result<Settings> {
    agreed(args).map_err(Misuse::of)
}

fn agreed(args: &SettingsArgs) -> Result<Settings> {
    let patches = PatchSettings::default();
    let patches = args.patch.map_or(patches, |side| patches.patch(side.get()));
    let PatchSettings { patch, step } = args.step.map_or(patches, |step| patches.step(step.get()));
    if step > patch {
        bail!(
            "--step {step} is larger than --patch {patch}: pixels between places would not be covered; give at most {patch}"
        );
    }
    let mut method = method(args)?;
    if let Some(patches) = method.patches_mut() {
        *patches = PatchSettings { patch, step };
    }
    Ok(Settings {
        frames: frames(args),
        method,
        threads: args.threads,
        memory: args.memory,
        reserve: 0,
        spill: None,
        comparisons: false,
        device: Device::cpu(),
    })
}

fn frames(args: &SettingsArgs) -> FrameRange {
    let every = args.every.unwrap_or(NonZeroUsize::MIN);
    let range = args.frames.map(|range| FrameRange { start: range.start, end: range.end, every });
    range.unwrap_or(FrameRange { every, ..FrameRange::default() })
}

/// The method that is asked for, be it by one of its options.
fn method(args: &SettingsArgs) -> Result<Method> {
    if let Some(kind) = args.baseline {
        return baseline(args, kind);
    }
    let (patches, graph) = (patch_option(args), center_option(args));
    let implied = if patches.or(graph).is_some() { MethodArg::Centers } else { MethodArg::Register };
    let register = RegisterSettings {
        stabilize: args.stabilize.unwrap_or_default(),
        sharpen: args.sharpen.unwrap_or_default(),
    };
    let chosen = args.method.unwrap_or(implied);
    let unused = match chosen {
        MethodArg::Centers => None,
        MethodArg::Lucky => graph,
        MethodArg::Register | MethodArg::MeanRegister => patches.or(graph),
    };
    if let Some(option) = unused {
        bail!("{option} is an option of --method centers: leave it out, or give that method");
    }
    if let (MethodArg::Centers | MethodArg::Lucky, Some(option)) = (chosen, register_option(args)) {
        bail!(
            "{option} is an option of --method register and mean-register: leave it out, or leave out what selects another method"
        );
    }
    Ok(match chosen {
        MethodArg::Register => Method::Register(register),
        MethodArg::MeanRegister => Method::MeanRegister(register),
        MethodArg::Centers => Method::Centers(centers(args)),
        MethodArg::Lucky => Method::Lucky(PatchSettings::default()),
    })
}

/// A simple still; an option that it makes no use of is refused.
fn baseline(args: &SettingsArgs, kind: Baseline) -> Result<Method> {
    if let Some(option) = register_option(args) {
        bail!(
            "{option} is an option of --method register and mean-register: leave it out, or leave out --baseline"
        );
    }
    let method = Method::Baseline(kind);
    if let (None, Some(option)) = (method.patches(), patch_option(args)) {
        bail!("{option} is for patches, and --baseline {} has none: leave it out", kind.word());
    }
    Ok(method)
}

/// An option about registration that asks for something.
fn register_option(args: &SettingsArgs) -> Option<&'static str> {
    let given = [
        ("--stabilize", args.stabilize.unwrap_or_default() != Motion::default()),
        ("--sharpen", args.sharpen.is_some_and(|strength| strength > 0.0)),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

/// An option about patches that is given.
pub(crate) fn patch_option(args: &SettingsArgs) -> Option<&'static str> {
    let given = [("--patch", args.patch.is_some()), ("--step", args.step.is_some())];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

/// An option about centers that is given.
pub(crate) fn center_option(args: &SettingsArgs) -> Option<&'static str> {
    let given = [
        ("--centers", args.centers.is_some()),
        ("--choice", args.choice.is_some()),
        ("--neighbors", args.graph.neighbors.is_some()),
        ("--mutual", args.graph.mutual),
        ("--radius", args.graph.radius.is_some()),
        ("--disconnected", args.graph.disconnected.is_some()),
        ("--cost", args.graph.cost.is_some()),
        ("--level", args.graph.level),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

fn centers(args: &SettingsArgs) -> CenterSettings {
    let defaults = CenterSettings::default();
    CenterSettings {
        patches: defaults.patches,
        centers: args.centers.unwrap_or(defaults.centers),
        choice: args.choice.unwrap_or(defaults.choice),
        neighbors: args.graph.neighbors(),
        disconnected: args.graph.disconnected(),
        cost: args.graph.cost.clone().unwrap_or(defaults.cost),
        level: args.graph.level,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use manifold::graph::Neighbors;

    use super::*;
    use crate::cli::command::Cli;

    fn parsed(line: &str) -> Result<Settings> {
        settings(&Cli::try_parse_from(line.split(' '))?.restore.settings)
    }

    #[test]
    fn defaults() {
        let settings = parsed("seethru a.mp4").unwrap();
        assert_eq!(settings.memory, 4 << 30);
        assert_eq!(settings.method, Method::Register(RegisterSettings::default()));
        assert!(!settings.comparisons);
        let settings = parsed("seethru a.mp4 --method centers").unwrap();
        assert_eq!(settings.method, Method::Centers(CenterSettings::default()));
        assert_eq!(settings.method, parsed("seethru a.mp4 --patch 16 --centers 3").unwrap().method);
    }

    #[test]
    fn options_belong_to_methods() {
        let steady = parsed("seethru a.mp4 --stabilize homography --sharpen").unwrap().method;
        assert_eq!(
            steady,
            Method::Register(RegisterSettings { stabilize: Motion::Homography, sharpen: 1.0 })
        );
        assert_eq!(
            parsed("seethru a.mp4 --method lucky --patch 8").unwrap().method,
            Method::Lucky(PatchSettings { patch: 8, step: 4 })
        );
        for (line, option) in [
            ("seethru a.mp4 --method register --centers 3", "--centers"),
            ("seethru a.mp4 --method mean-register --patch 8", "--patch"),
            ("seethru a.mp4 --method lucky --cost linear", "--cost"),
            ("seethru a.mp4 --method centers --sharpen", "--sharpen"),
            ("seethru a.mp4 --patch 8 --stabilize translation", "--stabilize"),
            ("seethru a.mp4 --baseline mean --patch 8", "--patch"),
            ("seethru a.mp4 --baseline median --step 4", "--step"),
            ("seethru a.mp4 --baseline median --sharpen", "--sharpen"),
            ("seethru a.mp4 --baseline nearest-mean --stabilize homography", "--stabilize"),
        ] {
            let error = parsed(line).unwrap_err().to_string();
            assert!(error.starts_with(option), "{line}: {error}");
        }
        assert!(parsed("seethru a.mp4 --method register --baseline mean").is_err());
    }

    #[test]
    fn the_step_follows_the_patch() {
        let step = |line: &str| parsed(line).unwrap().method.patches().unwrap().step;
        assert_eq!(step("seethru a.mp4 --patch 1"), 1);
        assert_eq!(step("seethru a.mp4 --patch 9"), 4);
        assert_eq!(step("seethru a.mp4 --patch 9 --step 9"), 9);
        let error = parsed("seethru a.mp4 --patch 9 --step 10").unwrap_err().to_string();
        assert!(error.contains("--step 10") && error.contains("--patch 9"), "{error}");
    }

    #[test]
    fn both_spellings_mean_the_same() {
        let british = parsed("seethru a.mp4 --centres 2 --neighbours 5 --mutual").unwrap();
        let american = parsed("seethru a.mp4 --centers 2 --neighbors 5 --mutual").unwrap();
        assert_eq!(british, american);
        let Method::Centers(centers) = british.method else { panic!("centers are the default") };
        assert_eq!(centers.neighbors, Neighbors::Mutual(5.try_into().unwrap()));
    }

    #[test]
    fn what_contradicts_itself_is_a_usage_error() {
        for line in [
            "seethru a.mp4 --radius 3 --neighbors 4",
            "seethru a.mp4 --radius 3 --mutual",
            "seethru a.mp4 --baseline mean --centers 3",
            "seethru a.mp4 --baseline mean --cost linear",
            "seethru a.mp4 -q -v",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
        assert_eq!(
            parsed("seethru a.mp4 --baseline nearest-mean --patch 8").unwrap().method,
            Method::Baseline(Baseline::NearestMean(PatchSettings { patch: 8, step: 4 }))
        );
    }
}
