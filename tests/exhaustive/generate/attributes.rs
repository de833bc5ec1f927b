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

const KINDS: [Kind; 6] = [
    Kind::Scope,
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
        attributes.push(login(random));
    }
    for _ in 0..random.few(3) {
        let kind = random.pick(&KINDS);
        let mut arguments = arguments(random, kind, place, &mut used, 2);
        if arguments.is_empty() {
            continue;
        }
        match random.below(12) {
            0 | 1 => arguments.push("not_found".to_owned()),
            2 => arguments.push("report_only".to_owned()),
            3 => arguments.extend(["not_found".to_owned(), "report_only".to_owned()]),
            _ => {}
        }
        let comma = if random.one_in(5) { "," } else { "" };
        let attribute = format!("{}({}{comma})", kind.attribute(), arguments.join(", "));
        // The attributes may come in any order.
        attributes.insert(random.below(attributes.len() + 1), attribute);
    }
    if attributes.is_empty() {
        attributes.push("requires_auth".to_owned());
    }
    attributes
}

fn login(random: &mut Random) -> String {
    let arguments = random.pick(&[
        "",
        "",
        "acr = \"mfa\"",
        "acr = \"hardware mfa\"",
        "max_age = 3600",
        "max_age = 3600, acr = \"mfa\"",
        "max_age = 10",
        "sender_constrained",
    ]);
    match arguments {
        "" => "requires_auth".to_owned(),
        arguments => format!("requires_auth({arguments})"),
    }
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
    for _ in 0..random.few(3) {
        let argument = if depth > 0 && random.one_in(2) {
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
    let name = random.pick(&["any", "any", "all"]);
    let mut inner = arguments(random, kind, place, &mut HashSet::new(), depth - 1);
    while inner.len() < 2 {
        let another = leaf(random, kind, place);
        if !inner.contains(&another) {
            inner.push(another);
        }
    }
    format!("{name}({})", inner.join(", "))
}

/// Returns a requirement that is not a group. Most of them are met by some of the callers, because a
/// route that refuses everyone shows little.
fn leaf(random: &mut Random, kind: Kind, place: Place) -> String {
    let is_possible = !random.one_in(8);
    let choices: &[&str] = match (kind, is_possible) {
        (Kind::Scope, true) => &["\"a\"", "\"b\"", "crate::A", "crate::words::B"],
        (Kind::Scope, false) => &["\"c:d\"", "\"p\""],
        (Kind::Permission, true) => &["\"p\"", "crate::P"],
        (Kind::Permission, false) => &["\"a\"", "\"r\""],
        (Kind::Role, true) => &["\"r\"", "crate::words::R"],
        (Kind::Role, false) => &["\"p\"", "\"a\""],
        (Kind::Claim, true) => match place {
            Place::Route { has_id: true } if random.one_in(2) => &["sub = \"<id>\""],
            _ => &["c = true", "org = \"acme\"", "level = 3"],
        },
        (Kind::Claim, false) => &[
            "c = false",
            "\"org\" = \"x\"",
            "level = -3",
            "level = \"3\"",
            "\"/nested/one\" = 1",
        ],
        (Kind::Mixed, _) => return mixed(random, place, is_possible),
    };
    random.pick(choices).to_owned()
}

fn mixed(random: &mut Random, place: Place, is_possible: bool) -> String {
    let (name, kind) = match random.below(6) {
        0 => ("scope", Kind::Scope),
        1 => ("permission", Kind::Permission),
        2 => ("role", Kind::Role),
        3 => ("claim", Kind::Claim),
        _ => {
            let rules: &[&str] = if is_possible {
                &["crate::HasRole", "crate::HasScope { name: crate::A }"]
            } else {
                &["crate::Fixed(true)", "crate::Fixed::NO"]
            };
            return random.pick(rules).to_owned();
        }
    };
    let inner = arguments(random, kind, place, &mut HashSet::new(), 1);
    if inner.is_empty() {
        return "crate::HasRole".to_owned();
    }
    format!("{name}({})", inner.join(", "))
}

/// Writes an attribute by its name, by a path, or behind `cfg_attr`.
pub(crate) fn written(random: &mut Random, attribute: &str) -> String {
    match random.below(8) {
        0 => format!("#[auth_runtime::{attribute}]"),
        1 => format!("#[cfg_attr(all(), {attribute})]"),
        2 => format!("#[cfg_attr(all(), cfg_attr(not(any()), {attribute}))]"),
        _ => format!("#[{attribute}]"),
    }
}

/// Returns an attribute that rustc removes.
pub(crate) fn removed(random: &mut Random) -> String {
    let attribute = random.pick(&["public", "requires_scope(\"never\")", "requires_auth"]);
    format!("#[cfg_attr(any(), {attribute})]")
}
