//! Writing pictures.

use std::path::Path;

use seethru::output::{StillError, check_writable, write_whole};
use seethru::video::{Channels, Frame, Samples, check_output, write_still};

fn deep_color() -> Frame {
    let samples = (0..5 * 3 * 3).map(|i| i * 1489).collect();
    Frame { width: 5, height: 3, channels: Channels::Rgb, samples: Samples::U16(samples) }
}

fn gray() -> Frame {
    let samples = (0..15).map(|i| i * 17).collect();
    Frame { width: 5, height: 3, channels: Channels::Luma, samples: Samples::U8(samples) }
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn lossless_formats_come_back_as_they_went() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["png", "PNG", "tif", "tiff", "webp", "bmp", "ppm", "pgm", "pnm"] {
        let path = folder.path().join(format!("gray.{ending}"));
        check_output(&path).unwrap();
        write_still(&path, &gray()).unwrap();
        let back = image::ImageReader::open(&path).unwrap().with_guessed_format().unwrap();
        let back = back.decode().unwrap();
        assert_eq!(back.to_luma8().into_raw(), gray().samples.into_eight(), "{ending}");
    }
    for ending in ["png", "tif", "ppm", "pnm"] {
        let path = folder.path().join(format!("deep.{ending}"));
        write_still(&path, &deep_color()).unwrap();
        let back = image::open(&path).unwrap();
        assert_eq!(back.color(), image::ColorType::Rgb16, "{ending}");
        assert_eq!(Samples::U16(back.into_rgb16().into_raw()), deep_color().samples, "{ending}");
    }
    for ending in ["webp", "bmp"] {
        let path = folder.path().join(format!("shallow.{ending}"));
        write_still(&path, &deep_color()).unwrap();
        let back = image::open(&path).unwrap().into_rgb8().into_raw();
        assert_eq!(back, deep_color().samples.into_eight(), "{ending}");
    }
}

#[test]
fn jpeg_is_close_and_ppm_and_pgm_keep_their_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("still.jpeg");
    write_still(&path, &gray()).unwrap();
    let back = image::open(&path).unwrap().into_luma8().into_raw();
    assert!(back.iter().zip(gray().samples.into_eight()).all(|(a, b)| a.abs_diff(b) < 12));
    for (name, magic) in [("a.ppm", b"P6"), ("a.pgm", b"P5"), ("a.pnm", b"P5")] {
        write_still(&folder.path().join(name), &gray()).unwrap();
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap()[..2], *magic);
    }
}

#[test]
fn files_are_replaced_whole_with_sane_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    write_whole(&path, b"first").unwrap();
    write_whole(&path, b"second").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"second");
    assert_eq!(entries(folder.path()), 1, "no temporary file is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let plain = folder.path().join("plain");
        std::fs::write(&plain, "").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&plain));
        // A link stays a link, and the mode of an older file stays.
        std::fs::set_permissions(&plain, std::fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&plain, &link).unwrap();
        write_whole(&link, b"through").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&plain).unwrap(), b"through");
        assert_eq!(mode(&plain) & 0o777, 0o640);
    }
}

#[test]
fn bad_places_are_refused_before_and_at_writing() {
    let folder = tempfile::tempdir().unwrap();
    let check = |path: &Path| {
        let early = check_output(path).unwrap_err();
        let late = write_still(path, &gray()).unwrap_err();
        assert_eq!(early.to_string(), late.to_string());
        assert!(!early.to_string().contains('\n'));
        early
    };
    let error = check(&folder.path().join("still.xyz"));
    assert!(matches!(error, StillError::UnknownFormat { .. }));
    assert!(error.to_string().contains("png, tif"));
    assert!(matches!(check(&folder.path().join("still")), StillError::UnknownFormat { .. }));
    let error = check(&folder.path().join("none/still.png"));
    assert!(matches!(error, StillError::NoFolder { .. }));
    std::fs::create_dir(folder.path().join("folder.png")).unwrap();
    let error = check(&folder.path().join("folder.png"));
    assert!(matches!(error, StillError::IsFolder { .. }));
    assert_eq!(entries(folder.path()), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn unwritable_folders_and_devices_are_refused() {
    // Even root creates no files here.
    let error = check_output(Path::new("/proc/still.png")).unwrap_err();
    assert!(matches!(error, StillError::NotWritable { .. }), "{error}");
    assert!(error.to_string().starts_with("cannot write into the folder /proc:"), "{error}");
    let error = check_writable(Path::new("/dev/null")).unwrap_err();
    assert!(matches!(error, StillError::NotAFile { .. }));
}

#[test]
fn frames_of_the_wrong_length_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let frame = Frame { width: 4, ..gray() };
    let error = write_still(&folder.path().join("still.png"), &frame).unwrap_err();
    assert!(matches!(error, StillError::BadFrame { samples: 15, .. }), "{error}");
}

#[test]
fn what_an_encoder_cannot_hold_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    // JPEG is limited to 65535 pixels per side.
    let samples = Samples::U8(vec![0; 70_000]);
    let frame = Frame { width: 70_000, height: 1, channels: Channels::Luma, samples };
    let error = write_still(&folder.path().join("wide.jpg"), &frame).unwrap_err();
    assert!(matches!(error, StillError::Encode { .. }), "{error}");
    assert_eq!(entries(folder.path()), 0);
}
