//! The spanning tree of the network simplex: parents and child lists.

pub(super) const NONE: u32 = u32::MAX;

/// Rooted spanning tree. Children of a node form a doubly linked list, so that a subtree is cut
/// off, re-rooted and hung elsewhere in time proportional to the path it is re-rooted along.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    parent: Vec<u32>,
    /// Edge to the parent.
    edge: Vec<u32>,
    depth: Vec<u32>,
    first_child: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
}

impl Tree {
    /// Every node alone.
    pub(crate) fn reset(&mut self, nodes: usize) {
        for list in
            [&mut self.parent, &mut self.edge, &mut self.first_child, &mut self.next, &mut self.previous]
        {
            list.clear();
            list.resize(nodes, NONE);
        }
        self.depth.clear();
        self.depth.resize(nodes, 0);
    }

    pub(crate) fn parent(&self, node: u32) -> u32 {
        self.parent[node as usize]
    }

    pub(crate) fn edge(&self, node: u32) -> u32 {
        self.edge[node as usize]
    }

    pub(crate) fn depth(&self, node: u32) -> u32 {
        self.depth[node as usize]
    }

    pub(crate) fn set_depth(&mut self, node: u32, depth: u32) {
        self.depth[node as usize] = depth;
    }

    /// Hangs `child`, a root, under `parent`. The caller must update depths.
    pub(crate) fn attach(&mut self, child: u32, parent: u32, edge: u32) {
        let head = self.first_child[parent as usize];
        self.parent[child as usize] = parent;
        self.edge[child as usize] = edge;
        self.next[child as usize] = head;
        self.previous[child as usize] = NONE;
        if head != NONE {
            self.previous[head as usize] = child;
        }
        self.first_child[parent as usize] = child;
    }

    /// Cuts `child` off its parent; it becomes a root.
    pub(crate) fn detach(&mut self, child: u32) {
        let (previous, next) = (self.previous[child as usize], self.next[child as usize]);
        if previous == NONE {
            let parent = self.parent[child as usize];
            self.first_child[parent as usize] = next;
        } else {
            self.next[previous as usize] = next;
        }
        if next != NONE {
            self.previous[next as usize] = previous;
        }
        self.parent[child as usize] = NONE;
        self.edge[child as usize] = NONE;
        self.next[child as usize] = NONE;
        self.previous[child as usize] = NONE;
    }

    /// Makes `top` the root of the tree it is in, reversing the path to the old root.
    pub(crate) fn reroot(&mut self, top: u32) {
        let mut child = top;
        let mut parent = self.parent(child);
        if parent == NONE {
            return;
        }
        let mut edge = self.edge(child);
        self.detach(child);
        while parent != NONE {
            let (above, edge_above) = (self.parent(parent), self.edge(parent));
            if above != NONE {
                self.detach(parent);
            }
            self.attach(parent, child, edge);
            (child, parent, edge) = (parent, above, edge_above);
        }
    }

    /// The node after `node` in preorder within the subtree of `top`, or `None` at its end.
    pub(crate) fn after(&self, top: u32, node: u32) -> Option<u32> {
        let child = self.first_child[node as usize];
        if child != NONE {
            return Some(child);
        }
        let mut node = node;
        while node != top {
            let next = self.next[node as usize];
            if next != NONE {
                return Some(next);
            }
            node = self.parent(node);
        }
        None
    }
}
