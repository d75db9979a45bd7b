//! One of the centers of each place, chosen so that overlapping neighbors agree.
//!
//! A labeling of the grid of places. Label l of place p is its l-th center; the energy
//!
//! ```text
//! E = sum over p of own(p, l_p)  +  sum over neighbors p, q of overlap(p, l_p; q, l_q)
//! ```
//!
//! adds what a center costs by itself to the squared differences of two centers' pixels where the
//! places of horizontal and vertical neighbors overlap. Minimized by sequential tree-reweighted
//! message passing (Kolmogorov, PAMI 2006), which also bounds E from below; then by single changes.

use crate::places::Grid;

/// The centers of all places of a grid and the pixels of each.
#[derive(Clone, Debug)]
pub struct Candidates<'a> {
    /// The places.
    pub grid: &'a Grid,
    /// Centers of every place.
    pub labels: usize,
    /// Luma of every center: place by place, label by label, row by row.
    pub pixels: &'a [u16],
    /// own(p, l), place by place; in squared gray levels summed over a patch.
    pub own: &'a [f64],
}

/// The chosen labels and how good they are.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Agreement {
    /// One label per place.
    pub labels: Vec<u32>,
    /// What the labeling costs.
    pub energy: f64,
    /// No labeling has less energy than this.
    pub lower_bound: f64,
}

/// Passes over the grid; after about thirty the bound no longer changes on real clips.
const PASSES: usize = 40;

/// Chooses labels. The energy is never above that of label 0 everywhere.
#[must_use]
pub fn agree(candidates: &Candidates<'_>) -> Agreement {
    let mut field = Field::new(candidates);
    let mut best = vec![0; candidates.grid.len()];
    let mut energy = field.energy(&best);
    let mut lower_bound = f64::NEG_INFINITY;
    for _ in 0..PASSES {
        field.pass(true);
        let bound = field.pass(false);
        let labels = field.decode();
        let found = field.energy(&labels);
        if found < energy {
            (best, energy) = (labels, found);
        }
        // A relative step this small is below the rounding of the sums.
        if bound - lower_bound <= 1e-9 * bound.abs() {
            lower_bound = lower_bound.max(bound);
            break;
        }
        lower_bound = lower_bound.max(bound);
    }
    field.descend(&mut best);
    Agreement { energy: field.energy(&best), labels: best, lower_bound }
}

/// The energy's terms and the messages between neighbors.
struct Field {
    columns: usize,
    places: usize,
    labels: usize,
    own: Vec<f64>,
    /// Terms of the pair (place, its right [0] or lower [1] neighbor), first label major.
    pairs: [Vec<f64>; 2],
    /// Messages along the pair: to the right or lower place, and back.
    ahead: [Vec<f64>; 2],
    back: [Vec<f64>; 2],
}

/// A neighbor of a place: the pair's axis, the pair's first place, and whether the neighbor comes
/// later in the order of places.
#[derive(Clone, Copy)]
struct Link {
    axis: usize,
    first: usize,
    later: bool,
}

impl Field {
    fn new(candidates: &Candidates<'_>) -> Field {
        let (grid, labels) = (candidates.grid, candidates.labels);
        let (columns, places) = (grid.columns(), grid.len());
        let zeros = || vec![0.0; places * labels];
        let pairs = [1, columns].map(|stride| {
            let mut terms = vec![0.0; places * labels * labels];
            for first in 0..places {
                let inside =
                    if stride == 1 { !(first + 1).is_multiple_of(columns) } else { first + stride < places };
                if inside {
                    let terms = &mut terms[first * labels * labels..][..labels * labels];
                    overlap_terms(candidates, first, first + stride, terms);
                }
            }
            terms
        });
        Field {
            columns,
            places,
            labels,
            own: candidates.own.to_vec(),
            pairs,
            ahead: [zeros(), zeros()],
            back: [zeros(), zeros()],
        }
    }

    fn links(&self, place: usize) -> impl Iterator<Item = Link> + use<> {
        let (columns, places) = (self.columns, self.places);
        let right = !(place + 1).is_multiple_of(columns);
        let below = place + columns < places;
        let left = !place.is_multiple_of(columns);
        let above = place >= columns;
        [
            left.then(|| Link { axis: 0, first: place - 1, later: false }),
            above.then(|| Link { axis: 1, first: place - columns, later: false }),
            right.then_some(Link { axis: 0, first: place, later: true }),
            below.then_some(Link { axis: 1, first: place, later: true }),
        ]
        .into_iter()
        .flatten()
    }

    /// The message that came to a place along `link`.
    fn incoming(&self, link: Link, label: usize) -> f64 {
        let from = if link.later { &self.back } else { &self.ahead };
        from[link.axis][link.first * self.labels + label]
    }

    /// Term of a pair seen from the place with `mine`, whose neighbor has `other`.
    fn term(&self, link: Link, mine: usize, other: usize) -> f64 {
        let (a, b) = if link.later { (mine, other) } else { (other, mine) };
        self.pairs[link.axis][(link.first * self.labels + a) * self.labels + b]
    }

    /// own(place, label) with all messages added.
    fn belief(&self, place: usize, label: usize) -> f64 {
        let own = self.own[place * self.labels + label];
        own + self.links(place).map(|link| self.incoming(link, label)).sum::<f64>()
    }

    /// Sends messages to all later places in ascending order, or to all earlier ones in descending
    /// order; returns the lower bound that the pass proves.
    fn pass(&mut self, forward: bool) -> f64 {
        let mut bound = 0.0;
        let mut beliefs = vec![0.0; self.labels];
        for at in 0..self.places {
            let place = if forward { at } else { self.places - 1 - at };
            for (label, belief) in beliefs.iter_mut().enumerate() {
                *belief = self.belief(place, label);
            }
            let least = beliefs.iter().copied().fold(f64::INFINITY, f64::min);
            bound += least;
            let later = self.links(place).filter(|l| l.later).count();
            let earlier = self.links(place).filter(|l| !l.later).count();
            let share = 1.0 / later.max(earlier).max(1) as f64;
            for link in self.links(place).filter(|link| link.later == forward) {
                bound += self.send(link, &beliefs, least, share);
            }
        }
        bound
    }

    /// Updates the message along `link`; returns what was subtracted to make its least entry 0.
    fn send(&mut self, link: Link, beliefs: &[f64], least: f64, share: f64) -> f64 {
        let message = |other: usize| {
            let through = |mine: usize| {
                share * (beliefs[mine] - least) - self.incoming(link, mine) + self.term(link, mine, other)
            };
            (0..self.labels).map(through).fold(f64::INFINITY, f64::min)
        };
        let mut values: Vec<f64> = (0..self.labels).map(message).collect();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        for value in &mut values {
            *value -= least;
        }
        let to = if link.later { &mut self.ahead } else { &mut self.back };
        to[link.axis][link.first * self.labels..][..self.labels].copy_from_slice(&values);
        least
    }

    /// Labels in the order of places: earlier neighbors as chosen, later ones by their messages.
    fn decode(&self) -> Vec<u32> {
        let mut labels = vec![0u32; self.places];
        for place in 0..self.places {
            let cost = |label: usize| {
                let link_cost = |link: Link| match link.later {
                    true => self.incoming(link, label),
                    false => self.term(link, label, labels[link.first] as usize),
                };
                self.own[place * self.labels + label] + self.links(place).map(link_cost).sum::<f64>()
            };
            labels[place] = cheapest(self.labels, cost);
        }
        labels
    }

    /// Changes single labels as long as that lowers the energy.
    fn descend(&self, labels: &mut [u32]) {
        let mut changed = true;
        while changed {
            changed = false;
            for place in 0..self.places {
                let cost = |label: usize| self.local(place, label, labels);
                let label = cheapest(self.labels, cost);
                if cost(label as usize) < cost(labels[place] as usize) {
                    labels[place] = label;
                    changed = true;
                }
            }
        }
    }

    /// The terms of the energy that the label of `place` enters.
    fn local(&self, place: usize, label: usize, labels: &[u32]) -> f64 {
        let link_cost = |link: Link| {
            let stride = if link.axis == 0 { 1 } else { self.columns };
            let other = if link.later { link.first + stride } else { link.first };
            self.term(link, label, labels[other] as usize)
        };
        self.own[place * self.labels + label] + self.links(place).map(link_cost).sum::<f64>()
    }

    fn energy(&self, labels: &[u32]) -> f64 {
        let cost = |place: usize| {
            let label = labels[place] as usize;
            let stride = |axis: usize| if axis == 0 { 1 } else { self.columns };
            let pairs = self.links(place).filter(|link| link.later);
            let pairs = pairs.map(|l| self.term(l, label, labels[l.first + stride(l.axis)] as usize));
            self.own[place * self.labels + label] + pairs.sum::<f64>()
        };
        (0..self.places).map(cost).sum()
    }
}

fn cheapest(labels: usize, cost: impl Fn(usize) -> f64) -> u32 {
    let mut best = (f64::INFINITY, 0);
    for label in 0..labels {
        let cost = cost(label);
        if cost < best.0 {
            best = (cost, label as u32);
        }
    }
    best.1
}

/// Squared differences over the overlap of two places for all pairs of their labels.
fn overlap_terms(candidates: &Candidates<'_>, first: usize, second: usize, terms: &mut [f64]) {
    let (grid, labels) = (candidates.grid, candidates.labels);
    let patch = grid.patch();
    let corner = |place: usize| (grid.xs()[place % grid.columns()], grid.ys()[place / grid.columns()]);
    let ((ax, ay), (bx, by)) = (corner(first), corner(second));
    // `second` is to the right of or below `first`.
    let (dx, dy) = (bx - ax, by - ay);
    let (width, height) = (patch.saturating_sub(dx), patch.saturating_sub(dy));
    let pixels = |place: usize, label: usize| {
        &candidates.pixels[(place * labels + label) * patch * patch..][..patch * patch]
    };
    for a in 0..labels {
        for b in 0..labels {
            let (from, to) = (pixels(first, a), pixels(second, b));
            let mut sum = 0u64;
            for y in 0..height {
                let from = &from[(y + dy) * patch + dx..][..width];
                let to = &to[y * patch..][..width];
                sum += from.iter().zip(to).map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2)).sum::<u64>();
            }
            terms[a * labels + b] = sum as f64;
        }
    }
}
