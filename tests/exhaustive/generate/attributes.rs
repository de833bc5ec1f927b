//! Random attributes, as text.

use std::collections::HashSet;

use crate::random::Random;

/// Where an attribute is written, which decides what it may contain.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// Above a route, which may have the parameter `<id>`.
    Route {
        has_id: bool,
    },
    Module,
    List,
}

#[derive(Clone, Copy)]
enum Kind {
    Scope,
    Permission,
    Role,
    Claim,
    Mixed,
}

const KINDS: [Kind; 5] = [
    Kind::Scope,
    Kind::Permission,
    Kind::Role,
    Kind::Claim,
    Kind::Mixed,
];

/// One to three attributes that require something. No two of their arguments are the same.
pub(crate) fn requirements(random: &mut Random, place: Place) -> Vec<String> {
    let mut used = HashSet::new();
    let mut attributes = Vec::new();
    if random.one_in(6) {
        attributes.push("requires_auth".to_owned());
    }
    for _ in 0..=random.below(3) {
        let kind = random.pick(&KINDS);
        let mut arguments = arguments(random, kind, place, &mut used, 2);
        if arguments.is_empty() {
            continue;
        }
        match random.below(8) {
            0 => arguments.push("not_found".to_owned()),
            1 => arguments.push("report_only".to_owned()),
            _ => {}
        }
        let comma = if random.one_in(5) { "," } else { "" };
        attributes.push(format!(
            "{}({}{comma})",
            kind.attribute(),
            arguments.join(", ")
        ));
    }
    if attributes.is_empty() {
        attributes.push("requires_auth".to_owned());
    }
    attributes
}

impl Kind {
    fn attribute(self) -> &'static str {
        match self {
            Self::Scope => "requires_scope",
            Self::Permission => "requires_permission",
            Self::Role => "requires_role",
            Self::Claim => "requires_claim",
            Self::Mixed => "requires",
        }
    }
}

/// One to three arguments that are not in `used`.
fn arguments(
    random: &mut Random,
    kind: Kind,
    place: Place,
    used: &mut HashSet<String>,
    depth: usize,
) -> Vec<String> {
    let mut arguments = Vec::new();
    for _ in 0..=random.below(3) {
        let argument = if depth > 0 && random.one_in(3) {
            group(random, kind, place, depth)
        } else {
            leaf(random, kind, place)
        };
        // A constant and a string are different arguments, although they have the same value.
        if used.insert(format!("{}{argument}", kind.attribute())) {
            arguments.push(argument);
        }
    }
    arguments
}

fn group(random: &mut Random, kind: Kind, place: Place, depth: usize) -> String {
    let name = random.pick(&["any", "all"]);
    let mut inner = arguments(random, kind, place, &mut HashSet::new(), depth - 1);
    while inner.len() < 2 {
        let another = leaf(random, kind, place);
        if !inner.contains(&another) {
            inner.push(another);
        }
    }
    format!("{name}({})", inner.join(", "))
}

fn leaf(random: &mut Random, kind: Kind, place: Place) -> String {
    let text = match kind {
        Kind::Scope => random.pick(&["\"a\"", "\"b\"", "\"c:d\"", "crate::A", "crate::words::B"]),
        Kind::Permission => random.pick(&["\"p\"", "\"a\"", "crate::P"]),
        Kind::Role => random.pick(&["\"r\"", "\"p\"", "crate::words::R"]),
        Kind::Claim => match place {
            Place::Route { has_id: true } if random.one_in(3) => "sub = \"<id>\"",
            _ => random.pick(&[
                "c = true",
                "c = false",
                "org = \"acme\"",
                "\"org\" = \"x\"",
                "level = 3",
                "level = -3",
                "/nested/one = 1",
            ]),
        },
        Kind::Mixed => return mixed(random, place),
    };
    // A pointer is not an identifier.
    text.replace("/nested/one", "\"/nested/one\"")
}

fn mixed(random: &mut Random, place: Place) -> String {
    let (name, kind) = match random.below(5) {
        0 => ("scope", Kind::Scope),
        1 => ("permission", Kind::Permission),
        2 => ("role", Kind::Role),
        3 => ("claim", Kind::Claim),
        _ => {
            return random
                .pick(&["crate::HasRole", "crate::Fixed(true)", "crate::Fixed::NO"])
                .to_owned();
        }
    };
    let inner = arguments(random, kind, place, &mut HashSet::new(), 1);
    if inner.is_empty() {
        return "crate::HasRole".to_owned();
    }
    format!("{name}({})", inner.join(", "))
}

/// An attribute that is written by its name, by a path, or behind `cfg_attr`.
pub(crate) fn written(random: &mut Random, attribute: &str, may_be_conditional: bool) -> String {
    match random.below(8) {
        0 => format!("#[auth_runtime::{attribute}]"),
        1 if may_be_conditional => format!("#[cfg_attr(all(), {attribute})]"),
        2 if may_be_conditional => format!("#[cfg_attr(all(), cfg_attr(not(any()), {attribute}))]"),
        _ => format!("#[{attribute}]"),
    }
}

/// An attribute that rustc removes.
pub(crate) fn removed(random: &mut Random) -> String {
    let attribute = random.pick(&["public", "requires_scope(\"never\")", "requires_auth"]);
    format!("#[cfg_attr(any(), {attribute})]")
}
