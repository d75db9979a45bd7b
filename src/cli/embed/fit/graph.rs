//! Methods on a neighbourhood graph.
