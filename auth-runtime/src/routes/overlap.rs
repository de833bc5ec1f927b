//! Finds routes that can match the same request.

use rocket::http::MediaType;

use super::route_policy::RoutePolicy;

/// Records for each route the others of its method that can match the same request. Rocket refuses to
/// launch if two of them have the same rank.
pub(super) fn mark(routes: &mut [RoutePolicy]) {
    let overlaps: Vec<Vec<String>> = routes
        .iter()
        .enumerate()
        .map(|(index, route)| {
            let others = routes.iter().enumerate();
            let others = others.filter(|(other, _)| *other != index);
            let others = others.filter(|(_, other)| is_overlap(route, other));
            others
                .map(|(_, other)| format!("{other} (rank {})", other.rank()))
                .collect()
        })
        .collect();
    for (route, overlaps) in routes.iter_mut().zip(overlaps) {
        route.set_overlaps(overlaps);
    }
}

pub(super) fn is_overlap(a: &RoutePolicy, b: &RoutePolicy) -> bool {
    a.method() == b.method() && paths_overlap(a.uri(), b.uri()) && formats_overlap(a, b)
}

/// Returns whether two paths can match the same request. Queries do not matter, because a request may
/// have the static parts of both.
fn paths_overlap(a: &str, b: &str) -> bool {
    let segments = |uri: &str| -> Vec<String> {
        let path = uri.split('?').next().unwrap_or_default();
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        segments.map(str::to_owned).collect()
    };
    let (a, b) = (segments(a), segments(b));
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
    use super::paths_overlap;

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
}
