//! Plots: what they show, that other programs can read them, and what is refused.

use image::RgbImage;
use manifold::embed::Embedding;
use manifold::points::Points;
use serde_json::json;

use super::beside::overlap;
use super::{
    Dissimilarities, Labels, PlaceCenter, PlaceChart, PlaceFigure, Plot, PlotError, Thumbnails, dictionary,
    place, scatter, scree, shepard, spectrum, thumbnails,
};

/// Two rings of n points in all.
fn rings(n: usize, dimensions: usize) -> Embedding {
    let place = |i: usize, axis: usize| {
        let size = if i.is_multiple_of(2) { 1.0 } else { 2.0 };
        size * (i as f64 * 2.399 + axis as f64 * 1.571).sin()
    };
    let coordinates: Vec<f64> =
        (0..n * dimensions).map(|at| place(at / dimensions, at % dimensions)).collect();
    serde_json::from_value(json!({ "dimensions": dimensions, "coordinates": coordinates })).unwrap()
}

/// Classes of these names in turn.
fn classes(names: &[&str], n: usize) -> Labels {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let of = (0..n).map(|i| i % names.len()).collect();
    Labels::Classes { names, of }
}

fn parity(n: usize) -> Labels {
    classes(&["inner", "outer <&>"], n)
}

fn picture(plot: &Plot, width: u32) -> RgbImage {
    image::load_from_memory(&plot.to_png(width).unwrap()).unwrap().into_rgb8()
}

/// Share of the pixels that are nearer to this color than 40 in each channel.
fn share(picture: &RgbImage, color: [u8; 3]) -> f64 {
    let near = |p: &image::Rgb<u8>| p.0.iter().zip(color).all(|(&a, b)| a.abs_diff(b) < 40);
    picture.pixels().filter(|p| near(p)).count() as f64 / f64::from(picture.width() * picture.height())
}

const BLUE: [u8; 3] = [0x00, 0x72, 0xb2];
const ORANGE: [u8; 3] = [0xe6, 0x9f, 0x00];

#[test]
fn classes_have_colors_names_and_a_legend() {
    let plot = scatter(&rings(400, 2), &parity(400), 0).unwrap();
    let svg = plot.to_svg().unwrap();
    for text in [">inner<", ">outer &lt;&amp;&gt;<", ">axis 1<", ">axis 2<"] {
        assert!(svg.contains(text), "{text} is missing");
    }
    assert!(svg.matches("<circle").count() >= 400 && !svg.contains("<image"));
    for width in [390, 1280] {
        let picture = picture(&plot, width);
        assert_eq!(picture.width(), width);
        assert!(share(&picture, BLUE) > 0.003 && share(&picture, ORANGE) > 0.003);
    }
}

#[test]
fn many_points_are_one_picture() {
    let plot = scatter(&rings(60_000, 2), &parity(60_000), 0).unwrap();
    let svg = plot.to_svg().unwrap();
    assert!(svg.contains("<image") && svg.len() < 4_000_000, "{} bytes", svg.len());
    assert!(svg.ends_with("</svg>") || svg.trim_end().ends_with("</svg>"));
    assert!(share(&picture(&plot, 640), BLUE) > 0.003);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let draw = |seed| scatter(&rings(5000, 2), &parity(5000), seed).unwrap().to_png(500).unwrap();
    assert_eq!(draw(3), draw(3));
    assert_ne!(draw(3), draw(4));
}

#[test]
fn values_have_a_bar() {
    let values = Labels::Values((0..300).map(f64::from).collect());
    let plot = scatter(&rings(300, 2), &values, 0).unwrap();
    let svg = plot.to_svg().unwrap();
    assert!(svg.contains(">150<"), "{svg}");
    let picture = picture(&plot, 640);
    assert!(share(&picture, [68, 1, 84]) > 0.001 && share(&picture, [253, 231, 37]) > 0.001);
}

#[test]
fn other_dimensions_are_said() {
    let three = scatter(&rings(50, 3), &Labels::None, 0).unwrap().to_svg().unwrap();
    assert!(three.contains(">axis 1 of 3<") && three.contains(">axis 2 of 3<"));
    let one = scatter(&rings(50, 1), &parity(50), 0).unwrap().to_svg().unwrap();
    assert!(one.contains(">inner<") && !one.contains(">axis 2<"));
}

#[test]
fn odd_data_are_drawn() {
    for coordinates in [vec![0.0; 6], vec![1e9; 6], vec![1e-300, 0.0, 0.0, 1e-300, 2e-300, 0.0]] {
        let y: Embedding =
            serde_json::from_value(json!({ "dimensions": 2, "coordinates": coordinates })).unwrap();
        let plot = scatter(&y, &Labels::Values(vec![f64::NAN, 1.0, 2.0]), 0).unwrap();
        assert!(!plot.to_svg().unwrap().contains("NaN"));
        plot.to_png(320).unwrap();
    }
    let many: Vec<String> = (0..30).map(|class| class.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let plot = scatter(&rings(90, 2), &classes(&many, 90), 0).unwrap();
    let svg = plot.to_svg().unwrap();
    assert!(svg.contains(">10 more<") && svg.contains(">19<"));
}

#[test]
fn thumbnails_do_not_overlap() {
    let values: Vec<f32> = (0..500 * 12).map(|i| (i % 7) as f32).collect();
    let thumbs = Thumbnails::from_points(&Points::new(values, 12).unwrap(), 4, 3).unwrap();
    let plot = thumbnails(&rings(500, 2), &parity(500), &thumbs, 0).unwrap();
    assert!(plot.to_svg().unwrap().contains("<image"));
    let dark = share(&picture(&plot, 640), [0; 3]);
    assert!(dark > 0.005 && dark < 0.2, "{dark}");
    let wrong = thumbnails(&rings(499, 2), &Labels::None, &thumbs, 0);
    assert!(matches!(wrong, Err(PlotError::Pictures { given: 500, wanted: 499 })));
    let shape = Thumbnails::from_points(&Points::new(vec![0.0; 12], 12).unwrap(), 5, 3);
    assert!(matches!(shape, Err(PlotError::Shape { values: 12, width: 5, height: 3 })));
}

#[test]
fn curves_are_drawn() {
    for energies in [vec![1.0], vec![3.0, 2.0, 1.0], (1..200).map(|i| 1.0 / f64::from(i)).collect()] {
        let plot = scree(&energies, energies.iter().sum()).unwrap();
        assert!(plot.to_svg().unwrap().contains(">cumulative<"));
        plot.to_png(640).unwrap();
    }
    // Components are counted: no ticks between them.
    for svg in [scree(&[3.0, 2.0, 1.0], 6.0), spectrum(&[30.0, 20.0, 10.0])]
        .map(|plot| plot.unwrap().to_svg().unwrap())
    {
        assert!(svg.contains(">1<") && svg.contains(">2<") && svg.contains(">3<"));
        assert!(!svg.contains(">1.5<") && !svg.contains(">2.5<"), "{svg}");
    }
    let logarithmic = spectrum(&[1.0, 1e-3, 1e-12]).unwrap().to_svg().unwrap();
    assert!(logarithmic.contains(">1e-10<"), "{logarithmic}");
    for eigenvalues in [vec![0.0], vec![5.0, 0.1, -1.0], vec![-1.0, -2.0]] {
        spectrum(&eigenvalues).unwrap().to_png(640).unwrap();
    }
    assert!(matches!(scree(&[], 0.0), Err(PlotError::Empty)));
    let nan = spectrum(&[1.0, f64::NAN]);
    assert!(matches!(nan, Err(PlotError::NotFinite { index: 1, .. })));
}

/// Patches with a name whose places are close together stand apart, each inside the chart.
#[test]
fn named_patches_do_not_overlap() {
    let n = 60;
    let thumbs = Thumbnails::from_points(&Points::new(vec![0.5; n * 4], 4).unwrap(), 2, 2).unwrap();
    let embedding = rings(n, 2);
    // Four nodes at nearly the same place, of them two centers and two far patches.
    let mut crowded = embedding.coordinates().to_vec();
    for node in 1..4 {
        crowded[2 * node] = crowded[0] + 1e-3 * node as f64;
        crowded[2 * node + 1] = crowded[1];
    }
    let crowded: Embedding =
        serde_json::from_value(json!({ "dimensions": 2, "coordinates": crowded })).unwrap();
    let center = |node, far| PlaceCenter { name: "F", node, far_name: "A", far };
    let chart = |embedding| PlaceChart { title: String::new(), embedding, paths: Vec::new() };
    let figure = PlaceFigure {
        title: String::new(),
        pictures: &thumbs,
        captions: (0..n).map(|i| i.to_string()).collect(),
        branch: &vec![0; n],
        centers: vec![center(0, 1), center(2, 3)],
        edges: Vec::new(),
        leaks: Vec::new(),
        charts: [chart(&crowded), chart(&embedding)],
    };
    let plot = place(&figure).unwrap();
    let named = plot.layer.tiles.iter().filter(|tile| tile.width == 42.0 || tile.width == 34.0);
    let plates: Vec<_> = named.map(|tile| [tile.x, tile.y, tile.width, tile.height]).take(4).collect();
    assert_eq!(plates.len(), 4);
    for (i, a) in plates.iter().enumerate() {
        assert!(plates[i + 1..].iter().all(|b| !overlap(a, b)), "{plates:?}");
    }
}

#[test]
fn a_dictionary_is_a_grid() {
    let components: Vec<f64> = (0..25 * 30).map(|i| f64::from(i % 13)).collect();
    let plot = dictionary(&components, 5, 6).unwrap();
    let svg = plot.to_svg().unwrap();
    assert!(svg.contains(">25<") && !svg.contains(">26<"));
    assert!(share(&picture(&plot, 640), [0; 3]) > 0.02);
    let wrong = dictionary(&components, 7, 6);
    assert!(matches!(wrong, Err(PlotError::Shape { .. })));
}

#[test]
fn shepard_shows_pairs_and_disparities() {
    let x: Vec<f64> = (0..30_000).map(|i| f64::from(i) / 1000.0).collect();
    let y: Vec<f64> = x.iter().enumerate().map(|(i, x)| x.sqrt() + 0.3 * (i as f64).sin().abs()).collect();
    let fit: Vec<f64> = x.iter().map(|x| x.sqrt()).collect();
    let pairs = Dissimilarities { dissimilarities: &x, distances: &y, disparities: Some(&fit) };
    let plot = shepard(&pairs, 0).unwrap();
    assert!(plot.to_svg().unwrap().len() < 3_000_000);
    assert!(share(&picture(&plot, 640), [0xd5, 0x5e, 0x00]) > 0.001);
    let short = Dissimilarities { distances: &y[1..], ..pairs };
    assert!(matches!(shepard(&short, 0), Err(PlotError::Labels { .. })));
}

#[test]
fn files_are_written_by_extension() {
    let folder = tempfile::tempdir().unwrap();
    let plot = scree(&[2.0, 1.0], 3.0).unwrap();
    for (name, start) in [("a.svg", &b"<svg"[..]), ("b.PNG", b"\x89PNG")] {
        let path = folder.path().join(name);
        plot.write(&path).unwrap();
        assert!(std::fs::read(path).unwrap().starts_with(start));
    }
    assert!(matches!(plot.write(&folder.path().join("c.jpg")), Err(PlotError::Extension { .. })));
    assert!(matches!(plot.to_png(99), Err(PlotError::Width { width: 99 })));
    let nowhere = folder.path().join("no/where.svg");
    assert!(matches!(plot.write(&nowhere), Err(PlotError::Write(_))));
}

#[test]
fn labels_that_do_not_fit_are_refused() {
    let wrong = scatter(&rings(10, 2), &Labels::Values(vec![0.0; 9]), 0);
    assert!(matches!(wrong, Err(PlotError::Labels { given: 9, wanted: 10 })));
    let class = Labels::Classes { names: vec!["a".into()], of: vec![1; 10] };
    let wrong = scatter(&rings(10, 2), &class, 0);
    assert!(matches!(wrong, Err(PlotError::Class { class: 1, classes: 1 })));
}
