//! Graphs that fall apart, and fewer centers than requested.

use manifold::flow::EdgeCost;
use manifold::graph::{Disconnected, Neighbors};
use seethru::{Choice, Restoration};

use crate::clips::{BRIGHT, bytes, changed, gray, images, still, two_groups, wavy};
use crate::restore::settings::{self, count, restored};

fn frames(restoration: &Restoration) -> &[u32] {
    &restoration.places.as_ref().unwrap().frame
}

#[test]
fn the_larger_group_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let still = still(64, 48);
    let input = images(folder.path(), &two_groups(&still, 5, 8));
    for choice in [Choice::Blend, Choice::Agree, Choice::Medoids] {
        let settings = settings::changed(|c| {
            (c.choice, c.neighbors, c.disconnected) =
                (choice, Neighbors::Nearest(count(4)), Disconnected::Largest);
        });
        let restoration = restored(&input, &settings);
        assert!(frames(&restoration).iter().all(|&frame| frame >= 5), "{choice:?}");
        assert!(restoration.places.unwrap().components.iter().all(|&components| components == 2));
        let truth = changed(std::slice::from_ref(&still), |_, _, value| value * 0.4 + BRIGHT).remove(0);
        let off = bytes(&restoration.still).iter().zip(bytes(&truth)).map(|(a, b)| u32::from(a.abs_diff(*b)));
        let mean = off.sum::<u32>() as usize / (64 * 48 * 3);
        assert!(mean < 12, "{choice:?}: {mean} gray levels from the brighter group");
    }
}

/// Three groups of four frames, of which one is kept: six centers are more than it has.
#[test]
fn a_group_smaller_than_the_centers_asked_for_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let clip = changed(&wavy(&gray(&still(48, 40)), 12), |frame, at, value| match frame / 4 {
        0 => value * 0.9,
        1 => 255.0 - value * 0.9,
        _ => (at * 97 % 251) as f64 * 0.7 + value * 0.3,
    });
    let input = images(folder.path(), &clip);
    for choice in [Choice::Blend, Choice::Agree, Choice::Medoids] {
        let settings = settings::changed(|c| {
            (c.choice, c.centers) = (choice, count(6));
            (c.neighbors, c.disconnected) = (Neighbors::Nearest(count(3)), Disconnected::Largest);
        });
        let restoration = restored(&input, &settings);
        let places = restoration.places.unwrap();
        assert!(places.components.contains(&3), "{choice:?}");
        assert_eq!(places.frame.len(), places.grid.len());
    }
}

#[test]
fn groups_are_joined_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &two_groups(&still(48, 40), 6, 6));
    let settings = settings::changed(|c| c.neighbors = Neighbors::Nearest(count(3)));
    let places = restored(&input, &settings).places.unwrap();
    assert!(places.components.iter().all(|&components| components == 2));
}

/// No frame has a neighbor: each is a group by itself, and the first of them is kept.
#[test]
fn a_radius_of_nothing_keeps_one_frame() {
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &wavy(&still(48, 40), 6));
    for choice in [Choice::Blend, Choice::Agree, Choice::Medoids] {
        let settings = settings::changed(|c| {
            (c.choice, c.neighbors) = (choice, Neighbors::Within(1e-6));
            c.disconnected = Disconnected::Largest;
        });
        let restoration = restored(&input, &settings);
        assert!(frames(&restoration).iter().all(|&frame| frame == 0), "{choice:?}");
    }
}

#[test]
fn every_cost_and_neighborhood_makes_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &wavy(&still(48, 40), 12));
    let costs = [
        EdgeCost::Linear,
        EdgeCost::Convex { capacity: count(2).try_into().ok(), slopes: vec![1.0, 1.5, 8.0] },
        EdgeCost::Capacitated { capacity: None },
        EdgeCost::Quadratic { lambda: 0.1 },
    ];
    for cost in costs {
        for neighbors in [Neighbors::Nearest(count(4)), Neighbors::Mutual(count(6)), Neighbors::Within(9e9)] {
            for choice in [Choice::Blend, Choice::Medoids] {
                let change = |c: &mut seethru::CenterSettings| {
                    (c.cost, c.neighbors, c.choice) = (cost.clone(), neighbors, choice);
                };
                let places = restored(&input, &settings::changed(change)).places.unwrap();
                let costs = places.cost.unwrap();
                assert!(costs.iter().all(|cost| cost.is_finite() && *cost > 0.0), "{cost:?} {neighbors:?}");
            }
        }
    }
}
