//! The page of a place: both charts, the patch under the pointer, and the strip of a path that is selected.

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::inspect_json::InspectReport;
use super::page::{render, source};
use super::restore_page::rows;
use super::{ReportError, describe};
use crate::cli::plot::{around, beside, overlap};
use seethru::inspect::{Center, Chart, LeakingEdge, Place};
use seethru::video::{Channels, Frame, Samples};

/// Width of a chart in its own units, and the limits of its height.
const WIDTH: f64 = 600.0;
const HEIGHT: (f64, f64) = (280.0, 480.0);
/// Free around the points.
const INSET: f64 = 44.0;
/// Sides of thumbnails: of a center or far patch, and of any other.
const NAMED: f64 = 38.0;
const OTHER: f64 = 26.0;
/// Radius of a point.
const DOT: f64 = 4.0;
/// Leaks that the page lists; the JSON report has all.
const LISTED: usize = 50;

/// The page as HTML.
pub(crate) fn inspect_page(report: &InspectReport<'_>, place: &Place) -> Result<String, ReportError> {
    let sheet = Sheet::of(place);
    let charts = [
        ("isomap", "Isomap", "geodesics: shortest paths", &place.isomap),
        ("flow", "Convex flow", "distances of pairwise flows", &place.flow),
    ];
    let high = charts.iter().map(|(.., chart)| height(chart)).fold(HEIGHT.0, f64::max).min(HEIGHT.1);
    let drawn: Vec<Drawn> = charts.iter().map(|(.., chart)| Drawn::of(chart, high)).collect();
    let values = context! {
        report => Value::from(Serde(report)),
        x => report.settings.at.0,
        y => report.settings.at.1,
        side => sheet.side,
        leak_ratio => report.settings.leaks.ratio.to_string(),
        size => vec![WIDTH, high],
        sheet => context! { source => source(&sheet.picture)?, width => sheet.picture.width, height => sheet.picture.height },
        facts => facts(report, place),
        charts => charts.iter().zip(&drawn).map(|(&(key, name, what, chart), drawn)| context! {
            key, name, what,
            variance => format!("{:.3}", chart.residual_variance),
            points => drawn.points(place),
            edges => drawn.edges(place),
            leaks => drawn.leaks(place),
            paths => drawn.paths(place, chart),
            thumbnails => drawn.thumbnails(place, &sheet, &drawn.names(place)),
            labels => drawn.labels(&drawn.names(place)),
        }).collect::<Vec<_>>(),
        paths => place.centers.iter().map(|center| path_name(place, center)).collect::<Vec<_>>(),
        leaks => listed(place, &sheet),
        unlisted => place.leaks.len().saturating_sub(LISTED),
        settings => rows(describe::inspection(report.settings)),
        data => data(place, &drawn, &sheet)?,
    };
    render("inspect.html", values)
}

fn facts(report: &InspectReport<'_>, place: &Place) -> Vec<Value> {
    let f = &place.centers[0];
    let facts = vec![
        ("Patches", place.frames.len().to_string()),
        ("Edges", place.graph.edges().to_string()),
        ("F, the global center", format!("frame {}", place.frames[f.node as usize])),
        ("Leaking edges", place.leaks.len().to_string()),
        ("Time", describe::seconds(report.seconds)),
    ];
    rows(facts)
}

/// The two ends of a named path and what lies between, as a button says it.
fn path_name(place: &Place, center: &Center) -> Value {
    let f = &place.centers[0].name;
    let name = match center.name == *f {
        true => format!("{} → {f}", center.far_name),
        false => format!("{} → {} → {f}", center.far_name, center.name),
    };
    context! { name, far => center.far, members => center.members }
}

/// All patches in one picture.
struct Sheet {
    picture: Frame,
    side: usize,
    columns: usize,
}

impl Sheet {
    fn of(place: &Place) -> Sheet {
        let side = place.patches.first().map_or(1, |patch| patch.width);
        let columns = (place.patches.len() as f64).sqrt().ceil().max(1.0) as usize;
        let rows = place.patches.len().div_ceil(columns);
        let (width, height) = (columns * side, rows * side);
        let mut samples = vec![0; width * height];
        for (at, patch) in place.patches.iter().enumerate() {
            let Samples::U8(pixels) = &patch.samples else { continue };
            let (left, top) = (at % columns * side, at / columns * side);
            for (row, pixels) in pixels.chunks_exact(side).enumerate() {
                samples[(top + row) * width + left..][..side].copy_from_slice(pixels);
            }
        }
        let picture = Frame { width, height, channels: Channels::Luma, samples: Samples::U8(samples) };
        Sheet { picture, side, columns }
    }

    /// Left and top of a patch.
    fn corner(&self, node: usize) -> (usize, usize) {
        (node % self.columns * self.side, node / self.columns * self.side)
    }

    fn view(&self, node: usize) -> String {
        let (x, y) = self.corner(node);
        format!("{x} {y} {0} {0}", self.side)
    }
}

/// Where the patches lie on a chart.
struct Drawn {
    places: Vec<(f64, f64)>,
    height: f64,
}

/// Least and greatest coordinate.
fn span(chart: &Chart, axis: usize) -> (f64, f64) {
    let values = chart.embedding.coordinates().iter().skip(axis).step_by(2);
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

/// Height that shows the chart as large as its width allows.
fn height(chart: &Chart) -> f64 {
    let ((left, right), (low, high)) = (span(chart, 0), span(chart, 1));
    (high - low) * (WIDTH - 2.0 * INSET) / (right - left).max(f64::MIN_POSITIVE) + 2.0 * INSET
}

impl Drawn {
    fn of(chart: &Chart, height: f64) -> Drawn {
        let ((left, right), (low, high)) = (span(chart, 0), span(chart, 1));
        let fitting = |span: f64, size: f64| span / (size - 2.0 * INSET);
        let unit = fitting(right - left, WIDTH).max(fitting(high - low, height)).max(f64::MIN_POSITIVE);
        let place = |point: &[f64]| {
            let across = (point[0] - (left + right) / 2.0) / unit;
            let up = (point[1] - (low + high) / 2.0) / unit;
            (tenth(WIDTH / 2.0 + across), tenth(height / 2.0 - up))
        };
        Drawn { places: chart.embedding.coordinates().chunks_exact(2).map(place).collect(), height }
    }

    fn points(&self, place: &Place) -> Vec<Value> {
        let point = |(node, &(x, y)): (usize, &(f64, f64))| context! { x, y, branch => place.branch[node] };
        self.places.iter().enumerate().map(point).collect()
    }

    /// All edges as one SVG path.
    fn edges(&self, place: &Place) -> String {
        let edge = |edge| {
            let (u, v) = place.graph.ends(edge);
            let ((x0, y0), (x1, y1)) = (self.places[u], self.places[v]);
            format!("M{x0} {y0}L{x1} {y1}")
        };
        (0..place.graph.edges()).map(edge).collect()
    }

    fn leaks(&self, place: &Place) -> Vec<Value> {
        let leak = |leak: &LeakingEdge| {
            let (from, to) = (self.places[leak.nodes.0 as usize], self.places[leak.nodes.1 as usize]);
            context! { x0 => from.0, y0 => from.1, x1 => to.0, y1 => to.1 }
        };
        place.leaks.iter().map(leak).collect()
    }

    /// The named paths as lists of corners.
    fn paths(&self, place: &Place, chart: &Chart) -> Vec<String> {
        let corner = |node: u32| {
            let (x, y) = self.places[node as usize];
            format!("{x},{y}")
        };
        let path = |center: &Center| {
            let corners: Vec<String> = place.path(chart, center.far).into_iter().map(corner).collect();
            corners.join(" ")
        };
        place.centers.iter().map(path).collect()
    }

    /// Named patches, and as many others as fit without covering them, a name or each other.
    fn thumbnails(&self, place: &Place, sheet: &Sheet, names: &[Name]) -> Vec<Value> {
        let named = place.centers.iter().map(|c| c.node).chain(place.centers.iter().map(|c| c.far));
        // Spread over the clip whatever part of them fits: by the golden ratio.
        let key = |node: &u32| (f64::from(*node) * 0.618_033_988_749_895).fract();
        let mut others: Vec<u32> = (0..self.places.len() as u32).collect();
        others.sort_by(|a, b| key(a).total_cmp(&key(b)));
        let all = named.map(|node| (node, NAMED)).chain(others.into_iter().map(|node| (node, OTHER)));
        let mut taken: Vec<(u32, [f64; 4])> = Vec::new();
        for (node, side) in all {
            let square = around(self.places[node as usize], side);
            let beside = grown(square, 1.5);
            let covers = |other: &[f64; 4]| side == OTHER && overlap(&grown(*other, 1.5), &beside);
            let stands = taken.iter().any(|(other, square)| *other == node || covers(square));
            if !stands && !names.iter().any(|name| covers(&name.plate)) {
                taken.push((node, square));
            }
        }
        let thumbnail = |(node, [x, y, side, _]): (u32, [f64; 4])| {
            context! {
                node, side, x => tenth(x), y => tenth(y),
                branch => place.branch[node as usize], view => sheet.view(node as usize),
                named => side > OTHER,
            }
        };
        // What is named comes last, on top.
        taken.into_iter().rev().map(thumbnail).collect()
    }

    /// Where the names stand: as near to their patches as they cover no point, no named patch and no other name.
    fn names(&self, place: &Place) -> Vec<Name> {
        let mut nodes: Vec<u32> = place.centers.iter().flat_map(|center| [center.node, center.far]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut taken: Vec<[f64; 4]> =
            nodes.iter().map(|&node| around(self.places[node as usize], NAMED)).collect();
        taken.extend(self.places.iter().map(|&at| around(at, 2.0 * DOT)));
        let mut all = Vec::new();
        for node in nodes {
            let (at, text) = (self.places[node as usize], names(place, node));
            let size = (11.0 * text.chars().count() as f64, 18.0);
            let inside =
                |[x, y, w, h]: &[f64; 4]| *x >= 0.0 && x + w <= WIDTH && *y >= 0.0 && y + h <= self.height;
            let free = |plate: &[f64; 4]| inside(plate) && !taken.iter().any(|other| overlap(other, plate));
            // Where there is no room at all, the name is left to the patch under the pointer.
            let Some(plate) = beside(at, NAMED, size).find(free) else { continue };
            taken.push(plate);
            all.push(Name { text, at, plate });
        }
        all
    }

    fn labels(&self, names: &[Name]) -> Vec<Value> {
        let label = |name: &Name| {
            let [x, y, w, h] = name.plate;
            let (x, y) = (x + w / 2.0, y + h / 2.0);
            // A line leads to a patch that is not next to its name.
            let (dx, dy) = (x - name.at.0, y - name.at.1);
            let far = dx.hypot(dy) > NAMED / 2.0 + w / 2.0 + 16.0;
            let to = far.then(|| context! { x => tenth(name.at.0), y => tenth(name.at.1) });
            context! { x => tenth(x), y => tenth(y + 5.5), middle => tenth(y), name => &name.text, to }
        };
        names.iter().map(label).collect()
    }
}

/// A name on a chart, the point that it belongs to, and the rectangle that it takes.
struct Name {
    text: String,
    at: (f64, f64),
    plate: [f64; 4],
}

fn grown([x, y, width, height]: [f64; 4], by: f64) -> [f64; 4] {
    [x - by, y - by, width + 2.0 * by, height + 2.0 * by]
}

/// What a patch is called, or nothing.
fn names(place: &Place, node: u32) -> String {
    let centers = place.centers.iter().filter(|center| center.node == node).map(|center| &center.name[..]);
    let far = place.centers.iter().filter(|center| center.far == node).map(|center| &center.far_name[..]);
    centers.chain(far).collect::<Vec<_>>().join(" = ")
}

fn listed(place: &Place, sheet: &Sheet) -> Vec<Value> {
    let row = |leak: &LeakingEdge| {
        let end = |node: u32| {
            context! { node, frame => place.frames[node as usize], view => sheet.view(node as usize) }
        };
        context! {
            from => end(leak.nodes.0), to => end(leak.nodes.1),
            length => format!("{:.1}", leak.length),
            distance => format!("{:.1}", leak.distance),
            ratio => format!("{:.1}", leak.ratio),
        }
    };
    place.leaks.iter().take(LISTED).map(row).collect()
}

/// What the page's script needs; numbers and fixed names only, so it is safe inside `<script>`.
fn data(place: &Place, drawn: &[Drawn], sheet: &Sheet) -> Result<Value, ReportError> {
    let rounded = |values: &[f64]| values.iter().copied().map(tenth).collect::<Vec<f64>>();
    let chart = |(chart, drawn): (&Chart, &Drawn)| {
        let next: Vec<&[u32]> = chart.ways.iter().map(|ways| ways.next()).collect();
        serde_json::json!({
            "at": drawn.places,
            "next": next,
            "distance": rounded(&chart.from_f),
        })
    };
    let names: Vec<String> = (0..place.frames.len() as u32).map(|node| names(place, node)).collect();
    let charts: Vec<_> = [&place.isomap, &place.flow].into_iter().zip(drawn).map(chart).collect();
    let centers: Vec<u32> = place.centers.iter().map(|center| center.node).collect();
    let data = serde_json::json!({
        "side": sheet.side,
        "columns": sheet.columns,
        "frames": place.frames,
        "branch": place.branch,
        "names": names,
        "centers": centers,
        "direct": rounded(&place.direct),
        "charts": charts,
    });
    Ok(Value::from_safe_string(serde_json::to_string(&data)?))
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
