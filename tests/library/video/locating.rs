//! What a path or pattern means, and which are refused.

use std::path::Path;

use seethru::video::{Input, VideoError};

fn refusal(path: &Path) -> VideoError {
    let error = Input::locate(path).unwrap_err();
    assert!(!error.to_string().contains('\n'), "{error}");
    error
}

fn png(path: &Path) {
    image::DynamicImage::new_luma8(4, 4).save(path).unwrap();
}

#[test]
fn paths_that_lead_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("clip.mp4");
    let error = refusal(&missing);
    assert!(matches!(error, VideoError::Missing { .. }));
    assert!(error.to_string().contains("clip.mp4 does not exist"));
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(matches!(refusal(&file.join("below")), VideoError::Missing { .. }));
    let pattern = folder.path().join("*.png");
    assert!(matches!(refusal(&pattern), VideoError::EmptyPattern { .. }));
    let pattern = folder.path().join("f[.png");
    assert!(matches!(refusal(&pattern), VideoError::BadPattern { .. }));
    assert!(matches!(refusal(&folder.path().join("a***")), VideoError::BadPattern { .. }));
}

#[test]
fn empty_files_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(refusal(folder.path()), VideoError::EmptyFolder { .. }));
    let file = folder.path().join("empty.mp4");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(refusal(&file), VideoError::Empty { .. }));
    assert!(matches!(refusal(folder.path()), VideoError::EmptyFolder { .. }));
}

#[test]
fn one_image_is_no_video() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("still.png");
    png(&file);
    assert!(matches!(refusal(&file), VideoError::SingleImage { .. }));
    assert!(matches!(refusal(folder.path()), VideoError::SingleImage { .. }));
    // By content, whatever its name.
    let renamed = folder.path().join("clip.mp4");
    std::fs::copy(&file, &renamed).unwrap();
    assert!(matches!(refusal(&renamed), VideoError::SingleImage { .. }));
}

#[test]
fn an_existing_name_is_no_pattern() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("take[1]");
    std::fs::create_dir(&odd).unwrap();
    png(&odd.join("1.png"));
    png(&odd.join("2.png"));
    assert!(Input::locate(&odd).unwrap().paths().len() == 2);
}

#[cfg(unix)]
#[test]
fn devices_are_refused() {
    assert!(matches!(refusal(Path::new("/dev/null")), VideoError::NotAFile { .. }));
}

#[cfg(feature = "video")]
#[test]
fn a_pattern_for_one_video_is_that_video() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("clip.mp4"), "anything").unwrap();
    let input = Input::locate(folder.path().join("*.mp4")).unwrap();
    assert!(input.name().ends_with("clip.mp4"));
    assert_eq!(input.paths(), [folder.path().join("clip.mp4")]);
}

#[cfg(not(feature = "video"))]
#[test]
fn without_ffmpeg_a_video_names_the_feature() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    std::fs::write(&path, "anything").unwrap();
    let error = Input::locate(&path).unwrap().info().unwrap_err();
    assert!(matches!(error, VideoError::WithoutFfmpeg { .. }));
    assert!(error.to_string().contains("feature `video`"));
}
