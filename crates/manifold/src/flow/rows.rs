//! The costs of a few units from one node to each of many others: successive shortest paths as in
//! [`successive`](super::successive), which is their plain form, with what all targets of a source share done once.
//!
//! Reduced costs are kept as those of the empty flow (`slack`, from the geodesics of the source), and how far a
//! potential was lifted since: the slack of an arc u → v with lifts a and b is slack + a - b, and a >= 0. Arcs
//! are sorted by slack, so that a scan ends at the first arc that leads beyond the bound of a search. The bound is
//! that of the last target, doubled until a way is found: a search within it is exact, one that finds nothing says
//! nothing. The first unit walks the tree of geodesics. Labels wait in buckets of a power of 2; within a bucket they
//! may be corrected, so every label below the target's is exact when a search ends, whatever the order: costs and
//! potentials are those of the plain form to the last bit.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;

use super::successive::Network;

/// Buckets of a search.
const BUCKETS: usize = 64;

const FAR: i64 = i64::MAX;

/// No label is as large: prices are less than a quarter of the range of 64 bits divided by the nodes of a way.
const LARGEST: i64 = i64::MAX / 2;

const NONE: u32 = u32::MAX;

/// An arc into a node.
#[derive(Clone, Copy)]
struct Arc {
    /// Reduced cost under the empty flow.
    slack: i64,
    from: u32,
    edge: u32,
}

#[derive(Clone, Copy)]
struct Node {
    /// Reduced length of the best known way to the target.
    reach: i64,
    /// What the last search that settled it has added to its geodesic.
    lift: i64,
    /// The next node on the way to the target, and the edge that leads there.
    next: u32,
    edge: u32,
    /// The last entry of `carried` that leaves it.
    flow: u32,
    /// Whether an edge at it carries a load.
    touched: bool,
}

/// A unit that went over an edge (and was perhaps given back since), and the one before it from the same node.
#[derive(Clone, Copy)]
struct Carried {
    to: u32,
    edge: u32,
    before: u32,
}

/// Memory for the flows from one source after the other.
pub(super) struct Rows<'n, 'g> {
    network: &'n Network<'g>,
    source: usize,
    geodesics: Vec<i64>,
    /// The last node before each on its geodesic, and the edge.
    parents: Vec<(u32, u32)>,
    offsets: Vec<u32>,
    arcs: Vec<Arc>,
    nodes: Vec<Node>,
    load: Vec<i32>,
    carried: Vec<Carried>,
    labeled: Vec<u32>,
    moved: Vec<u32>,
    buckets: Vec<Vec<u32>>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    unit_costs: Vec<i64>,
    /// For each unit, how far its search went last.
    bounds: Vec<i64>,
}

/// How a search ended.
enum Found {
    Way(i64),
    Nothing,
    /// Nothing within the bound, beyond which there may be a way.
    NotYet,
}

impl<'n, 'g> Rows<'n, 'g> {
    pub(super) fn new(network: &'n Network<'g>, units: NonZeroU32) -> Rows<'n, 'g> {
        let graph = network.graph();
        let n = graph.nodes();
        let mut offsets = vec![0; n + 1];
        for node in 0..n {
            offsets[node + 1] = offsets[node] + graph.degree(node) as u32;
        }
        // No more fit through the edges of any node.
        let fitting = (0..n).map(|node| network.room_at(node)).max().unwrap_or(0).min(units.get() as usize);
        let longest = graph.lengths().iter().copied().max().unwrap_or(1).max(1);
        let node = Node { reach: FAR, lift: 0, next: NONE, edge: NONE, flow: NONE, touched: false };
        Rows {
            network,
            source: 0,
            geodesics: vec![FAR; n],
            parents: vec![(NONE, NONE); n],
            offsets,
            arcs: vec![Arc { slack: 0, from: 0, edge: 0 }; 2 * graph.edges()],
            nodes: vec![node; n],
            load: vec![0; graph.edges()],
            carried: Vec::new(),
            labeled: Vec::new(),
            moved: Vec::new(),
            buckets: vec![Vec::new(); BUCKETS],
            heap: BinaryHeap::new(),
            unit_costs: Vec::new(),
            bounds: vec![longest; fitting],
        }
    }

    /// Empty flow from `source`.
    pub(super) fn start(&mut self, source: usize) {
        self.empty();
        self.source = source;
        self.find_geodesics();
        let graph = self.network.graph();
        for node in 0..graph.nodes() {
            let own = self.geodesics[node];
            let arcs = &mut self.arcs[self.offsets[node] as usize..self.offsets[node + 1] as usize];
            for (arc, (from, edge)) in arcs.iter_mut().zip(graph.neighbors(node)) {
                // Both ends are reached from the source, or neither.
                let slack = match self.network.price(edge, 0) {
                    Some(price) if own < FAR => price + self.geodesics[from] - own,
                    _ => FAR,
                };
                *arc = Arc { slack, from: from as u32, edge: edge as u32 };
            }
            arcs.sort_unstable_by_key(|arc| (arc.slack, arc.from));
        }
    }

    /// The costs of up to as many units to `to` as fit and were asked for.
    pub(super) fn send(&mut self, to: usize) -> &[i64] {
        self.empty();
        if to == self.source || self.geodesics[to] == FAR {
            return &self.unit_costs;
        }
        self.walk_the_tree(to);
        for unit in 1..self.bounds.len().min(self.network.room_at(self.source)).min(self.network.room_at(to))
        {
            if !self.find_way(to, unit) {
                break;
            }
            self.unit_costs.push(self.geodesics[to] + self.nodes[to].lift);
            self.augment(to);
        }
        &self.unit_costs
    }

    fn find_geodesics(&mut self) {
        self.geodesics.fill(FAR);
        self.geodesics[self.source] = 0;
        self.heap.push(Reverse((0, self.source as u32)));
        while let Some(Reverse((distance, node))) = self.heap.pop() {
            if distance > self.geodesics[node as usize] {
                continue;
            }
            for (to, edge) in self.network.graph().neighbors(node as usize) {
                let Some(price) = self.network.price(edge, 0) else { continue };
                let through = distance + price;
                if through < self.geodesics[to] {
                    self.geodesics[to] = through;
                    self.parents[to] = (node, edge as u32);
                    self.heap.push(Reverse((through, to as u32)));
                }
            }
        }
    }

    /// Takes the flow back.
    fn empty(&mut self) {
        for node in self.moved.drain(..) {
            self.nodes[node as usize].lift = 0;
        }
        for Carried { edge, .. } in self.carried.drain(..) {
            self.load[edge as usize] = 0;
            let (u, v) = self.network.graph().ends(edge as usize);
            for end in [u, v] {
                self.nodes[end].touched = false;
                self.nodes[end].flow = NONE;
            }
        }
        self.unit_costs.clear();
    }

    /// The first unit: its way is the geodesic.
    fn walk_the_tree(&mut self, to: usize) {
        let mut node = to;
        while node != self.source {
            let (parent, edge) = self.parents[node];
            self.carry(parent as usize, node, edge);
            node = parent as usize;
        }
        self.unit_costs.push(self.geodesics[to]);
    }

    /// One more unit on an edge.
    fn carry(&mut self, from: usize, to: usize, edge: u32) {
        self.load[edge as usize] += if from < to { 1 } else { -1 };
        let entry = self.carried.len() as u32;
        let before = std::mem::replace(&mut self.nodes[from].flow, entry);
        self.carried.push(Carried { to: to as u32, edge, before });
        self.nodes[from].touched = true;
        self.nodes[to].touched = true;
    }

    fn augment(&mut self, to: usize) {
        let mut node = self.source;
        while node != to {
            let Node { next, edge, .. } = self.nodes[node];
            self.carry(node, next as usize, edge);
            node = next as usize;
        }
    }

    /// Finds the cheapest way for one more unit, backwards from `to`, and lifts the potentials; false if none fits.
    fn find_way(&mut self, to: usize, unit: usize) -> bool {
        let mut bound = self.bounds[unit];
        loop {
            let found = self.search(to, bound);
            self.lift_below(if let Found::Way(total) = found { total } else { 0 });
            match found {
                Found::Way(total) => {
                    // The next target is near: about as much, with room.
                    self.bounds[unit] = (total + total / 4).max(bound / 8 * 7).max(1);
                    return true;
                }
                Found::Nothing => return false,
                Found::NotYet => bound = (2 * bound).min(LARGEST),
            }
        }
    }

    /// Labels nodes within `bound` of `to`.
    fn search(&mut self, to: usize, bound: i64) -> Found {
        // The smallest power of 2 that leaves all labels up to the bound in the buckets.
        let shift = (bound as u64 / BUCKETS as u64 + 1).next_power_of_two().trailing_zeros();
        let mut search = Search { bound: bound + 1, beyond: false, shift, filled: 0 };
        self.label(0, to as u32, (NONE, NONE), &mut search);
        while search.filled != 0 {
            let bucket = search.filled.trailing_zeros();
            if i64::from(bucket) << shift >= search.bound {
                break;
            }
            let Some(node) = self.buckets[bucket as usize].pop() else {
                search.filled &= search.filled - 1;
                continue;
            };
            // Where a label was corrected, the node stands in an earlier bucket too, and is done.
            let reach = self.nodes[node as usize].reach;
            if reach >> shift == i64::from(bucket) && reach < search.bound {
                self.scan(node as usize, &mut search);
            }
        }
        while search.filled != 0 {
            self.buckets[search.filled.trailing_zeros() as usize].clear();
            search.filled &= search.filled - 1;
        }
        match self.nodes[self.source].reach {
            FAR if search.beyond => Found::NotYet,
            FAR => Found::Nothing,
            total => Found::Way(total),
        }
    }

    /// Labels the nodes before `node`.
    fn scan(&mut self, node: usize, search: &mut Search) {
        let Node { reach, lift, touched, flow, .. } = self.nodes[node];
        let base = reach - lift;
        for at in self.offsets[node] as usize..self.offsets[node + 1] as usize {
            let Arc { mut slack, from, edge } = self.arcs[at];
            // Units cost no less than the first of them.
            if slack >= search.bound - base {
                search.beyond |= slack < FAR;
                break;
            }
            if touched && self.load[edge as usize] != 0 {
                let along = self.load_along(from, node, edge);
                if along < 0 {
                    continue;
                }
                let Some(more) = self.network.more(edge as usize, along) else { continue };
                slack += more;
            }
            self.reach(from, base + slack, (node as u32, edge), search);
        }
        let mut entry = flow;
        while let Some(&Carried { to, edge, before }) = self.carried.get(entry as usize) {
            // Given back, a unit saves what it pays.
            let along = self.load_along(to, node, edge);
            if along < 0 {
                let slack = self.network.refund(edge as usize, along) + self.geodesics[to as usize]
                    - self.geodesics[node];
                self.reach(to, base + slack, (node as u32, edge), search);
            }
            entry = before;
        }
    }

    /// The load of an edge in the direction from `from` to `to`.
    fn load_along(&self, from: u32, to: usize, edge: u32) -> i32 {
        let load = self.load[edge as usize];
        if (from as usize) < to { load } else { -load }
    }

    /// Labels `from` if the way over it, `through` and its lift long, is the best so far.
    fn reach(&mut self, from: u32, through: i64, next: (u32, u32), search: &mut Search) {
        let before = &self.nodes[from as usize];
        let through = through + before.lift;
        if through >= search.bound {
            search.beyond = true;
        } else if through < before.reach {
            self.label(through, from, next, search);
            if from as usize == self.source {
                search.bound = through;
            }
        }
    }

    fn label(&mut self, reach: i64, at: u32, (next, edge): (u32, u32), search: &mut Search) {
        let node = &mut self.nodes[at as usize];
        if node.reach == FAR {
            self.labeled.push(at);
        }
        (node.reach, node.next, node.edge) = (reach, next, edge);
        let bucket = (reach >> search.shift) as usize;
        self.buckets[bucket].push(at);
        search.filled |= 1 << bucket;
    }

    /// Forgets the labels, and lifts the potentials of nodes that are nearer than `total`.
    fn lift_below(&mut self, total: i64) {
        for at in self.labeled.drain(..) {
            let node = &mut self.nodes[at as usize];
            if node.reach < total {
                node.lift += total - node.reach;
                self.moved.push(at);
            }
            node.reach = FAR;
        }
    }
}

/// One search.
struct Search {
    /// Labels from here on lead to no better way.
    bound: i64,
    /// Whether there were any.
    beyond: bool,
    /// Bits of a label within its bucket.
    shift: u32,
    /// A bit for each bucket that may hold something.
    filled: u64,
}
