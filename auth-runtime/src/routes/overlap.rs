//! Finds routes that can match the same request.

use hashbrown::HashMap;
use rocket::http::{MediaType, Method};

use super::route_policy::RoutePolicy;

/// Records for each route the others of its method that can match the same request. Rocket refuses to
/// launch if two of them have the same rank.
///
/// The paths are compared as a tree, because an API may have thousands of routes, and comparing each of
/// them with every other would take most of the launch: `tests/benches/scale.rs` measures it.
pub(super) fn mark(routes: &mut [RoutePolicy]) {
    let overlaps: Vec<Vec<String>> = all_overlaps(routes)
        .into_iter()
        .map(|others| {
            let others = others.iter().filter_map(|other| routes.get(*other));
            let name = |other: &RoutePolicy| format!("{other} (rank {})", other.rank());
            others.map(name).collect()
        })
        .collect();
    for (route, overlaps) in routes.iter_mut().zip(overlaps) {
        route.set_overlaps(overlaps);
    }
}

/// Returns for each route the places of those that can match the same request, in order.
fn all_overlaps(routes: &[RoutePolicy]) -> Vec<Vec<usize>> {
    let mut trees: HashMap<Method, Tree<'_>> = HashMap::new();
    for (index, route) in routes.iter().enumerate() {
        let tree = trees.entry(route.method()).or_default();
        tree.insert(segments(route.uri()), index);
    }
    let overlaps = |(index, route): (usize, &RoutePolicy)| {
        let mut found = Vec::new();
        if let Some(tree) = trees.get(&route.method()) {
            let path: Vec<_> = segments(route.uri()).collect();
            tree.find(&path, &mut found);
        }
        let has_format = |other: &usize| {
            let other = routes.get(*other);
            other.is_some_and(|other| formats_overlap(route, other))
        };
        found.retain(|other| *other != index && has_format(other));
        found.sort_unstable();
        found
    };
    routes.iter().enumerate().map(overlaps).collect()
}

/// The paths of the routes of one method, by their segments.
#[derive(Default)]
struct Tree<'a> {
    fixed: HashMap<&'a str, Self>,
    /// What follows a segment that is a parameter.
    dynamic: Option<Box<Self>>,
    /// The routes whose path ends here.
    ends: Vec<usize>,
    /// The routes that match any number of segments from here on.
    trailing: Vec<usize>,
}

impl<'a> Tree<'a> {
    fn insert(&mut self, path: impl Iterator<Item = &'a str>, route: usize) {
        let mut node = self;
        let mut path = path.peekable();
        while let Some(segment) = path.next() {
            if path.peek().is_none() && is_trailing(segment) {
                node.trailing.push(route);
                return;
            }
            node = if is_dynamic(segment) {
                node.dynamic.get_or_insert_default()
            } else {
                node.fixed.entry(segment).or_default()
            };
        }
        node.ends.push(route);
    }

    /// Adds the routes that can match the same requests as this path.
    fn find(&self, path: &[&str], found: &mut Vec<usize>) {
        match path {
            [rest] if is_trailing(rest) => return self.add_all(found),
            [] => found.extend(&self.ends),
            [segment, rest @ ..] => {
                if is_dynamic(segment) {
                    for child in self.fixed.values() {
                        child.find(rest, found);
                    }
                } else if let Some(child) = self.fixed.get(segment) {
                    child.find(rest, found);
                }
                if let Some(child) = &self.dynamic {
                    child.find(rest, found);
                }
            }
        }
        found.extend(&self.trailing);
    }

    fn add_all(&self, found: &mut Vec<usize>) {
        found.extend(self.ends.iter().chain(&self.trailing));
        for child in self.fixed.values().chain(self.dynamic.as_deref()) {
            child.add_all(found);
        }
    }
}

/// Returns whether one request can match both routes.
#[cfg(feature = "testing")]
pub(super) fn is_overlap(a: &RoutePolicy, b: &RoutePolicy) -> bool {
    a.method() == b.method() && paths_overlap(a.uri(), b.uri()) && formats_overlap(a, b)
}

/// Returns whether two paths can match the same request. Queries do not matter, because a request may
/// have the static parts of both.
#[cfg(any(test, feature = "testing"))]
fn paths_overlap(a: &str, b: &str) -> bool {
    let (a, b): (Vec<_>, Vec<_>) = (segments(a).collect(), segments(b).collect());
    let (mut a, mut b) = (a.as_slice(), b.as_slice());
    loop {
        match (a, b) {
            ([], []) => return true,
            ([rest], _) | (_, [rest]) if is_trailing(rest) => return true,
            ([first, a_rest @ ..], [second, b_rest @ ..]) => {
                if !is_dynamic(first) && !is_dynamic(second) && first != second {
                    return false;
                }
                (a, b) = (a_rest, b_rest);
            }
            _ => return false,
        }
    }
}

fn segments(uri: &str) -> impl Iterator<Item = &str> {
    let path = uri.split('?').next().unwrap_or_default();
    path.split('/').filter(|segment| !segment.is_empty())
}

fn is_dynamic(segment: &str) -> bool {
    segment.starts_with('<')
}

/// Returns whether the segment matches any number of segments.
fn is_trailing(segment: &str) -> bool {
    segment.ends_with("..>")
}

/// Returns whether two routes can match a request of the same format. A route without a format
/// matches every format.
fn formats_overlap(a: &RoutePolicy, b: &RoutePolicy) -> bool {
    let parse = |route: &RoutePolicy| route.format().and_then(MediaType::parse_flexible);
    let (Some(a), Some(b)) = (parse(a), parse(b)) else {
        return true;
    };
    let agree = |a: &str, b: &str| a == "*" || b == "*" || a == b;
    agree(a.top().as_str(), b.top().as_str()) && agree(a.sub().as_str(), b.sub().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Tree, paths_overlap, segments};

    #[test]
    fn paths_overlap_if_one_request_can_match_both() {
        for (a, b) in [
            ("/", "/"),
            ("/a/<b>", "/a/c"),
            ("/<a>/b", "/a/<b>"),
            ("/a/<b..>", "/a"),
            ("/a/<b..>", "/a/b/c"),
            ("/<a..>", "/"),
            ("/a?x", "/a?<y>"),
        ] {
            assert!(paths_overlap(a, b) && paths_overlap(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("/", "/a"),
            ("/a/<b>", "/a"),
            ("/a/<b>", "/b/<b>"),
            ("/a/<b..>", "/b"),
            ("/a/b", "/a/b/c"),
        ] {
            assert!(!paths_overlap(a, b) && !paths_overlap(b, a), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn the_tree_finds_the_paths_that_overlap(
            paths in proptest::collection::vec("(/(a|b|<c>)){0,3}(/<d\\.\\.>)?(\\?e)?", 1..12)
        ) {
            let mut tree = Tree::default();
            for (index, path) in paths.iter().enumerate() {
                tree.insert(segments(path), index);
            }
            for path in &paths {
                let mut found = Vec::new();
                let own: Vec<_> = segments(path).collect();
                tree.find(&own, &mut found);
                found.sort_unstable();
                let others = paths.iter().enumerate();
                let expected = others.filter(|(_, other)| paths_overlap(path, other));
                let expected: Vec<_> = expected.map(|(index, _)| index).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
