//! The longer words of `--help`, `--version` and the manual page.

use std::sync::LazyLock;

/// Title and text of the sections that follow the options.
pub(crate) const SECTIONS: [(&str, &str); 3] = [
    (
        "Examples",
        r"  A still from a clip, with all defaults (writes pool-still.png):
    seethru pool.mp4

  Every other frame of a section, and a page to judge the still by:
    seethru pool.mp4 --frames 20..60 --every 2 --report floor.html -o floor.png

  A drone's clip: stabilized and restored, and the clip without the water as well:
    seethru reef.mov --stabilize translation --video calm.mp4 -o reef.png

  How high the waves are, in millimeters, over water 30 cm deep:
    seethru pool.mp4 --surface waves.npz --depth 30cm --scale 1.5mm -o pool.png

  Center patches instead, the three most central of each place blended:
    seethru pool.mp4 --patch 16 --centers 3 -o patches.png

  The temporal median of a piped clip, with a report for scripts:
    ffmpeg -i pool.mkv -vf scale=640:-2 -f yuv4mpegpipe - |
        seethru - --baseline median --json -o median.png",
    ),
    (
        "Exit status",
        "  0    done
  1    the work failed, or the plan is bad (such as a missing file)
  2    the command line is wrong; for batch, some clips failed
  130  interrupted; nothing was written, unless embed --keep says so;
       batch keeps the clips that are done, and --resume continues",
    ),
    (
        "Environment",
        "  NO_COLOR  no colors if it is set and not empty
  TMPDIR    folder where a video from a pipe is kept during the run",
    ),
];

/// Examples of `seethru completions`.
pub(crate) const COMPLETIONS: &str = "\
Examples:
  seethru completions bash > seethru.bash
  seethru completions zsh > _seethru
  seethru completions fish > seethru.fish";

/// Examples of `seethru man`.
pub(crate) const MAN: &str = "\
Examples:
  seethru man > seethru.1
  seethru man embed > seethru-embed.1
  seethru man embed tsne > seethru-embed-tsne.1";

/// The sections as `--help` shows them.
pub(crate) fn after_long_help() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| SECTIONS.map(|(title, text)| format!("{title}:\n{text}")).join("\n\n"));
    TEXT.as_str()
}

/// The version and what was built in.
pub(crate) fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let features = [
            ("cli", true),
            ("video", cfg!(feature = "video")),
            ("cuda", cfg!(feature = "cuda")),
            ("lapack", cfg!(feature = "lapack")),
        ];
        let built: Vec<&str> = features.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
        format!("{}\nfeatures: {}", env!("CARGO_PKG_VERSION"), built.join(", "))
    });
    TEXT.as_str()
}
