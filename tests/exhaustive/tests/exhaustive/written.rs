//! Evaluates attributes as they are written, by the documentation of the attributes. It uses nothing of the
//! library.

use rocket::http::Method;

/// A route, the text of the attributes that apply to it, and how to call it.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    /// `{id}` is the parameter.
    pub(crate) uri: &'static str,
    pub(crate) has_id: bool,
    pub(crate) body: &'static str,
    /// The attributes of the list that mounts it.
    pub(crate) list: &'static [&'static str],
    /// The attributes of the modules around it, from the outside in.
    pub(crate) modules: &'static [&'static str],
    pub(crate) own: &'static [&'static str],
}

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Caller {
    /// Without a token.
    Anonymous,
    /// With a token that is not valid.
    Invalid,
    Known(Grants),
}

/// What varies between the tokens. Each also has `sub: "7"`, `org: "acme"`, `level: 3`, and a login of
/// two minutes ago.
#[expect(clippy::struct_excessive_bools, reason = "each varies by itself")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grants {
    pub(crate) scope_a: bool,
    pub(crate) scope_b: bool,
    /// `p`.
    pub(crate) permission: bool,
    /// `r`.
    pub(crate) role: bool,
    /// `c` is `true`, and the class of the login is `mfa`.
    pub(crate) claim: bool,
}

impl Grants {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..32_u8).map(|bits| Self {
            scope_a: bits & 1 != 0,
            scope_b: bits & 2 != 0,
            permission: bits & 4 != 0,
            role: bits & 8 != 0,
            claim: bits & 16 != 0,
        })
    }
}

/// The kinds of names that tokens have.
#[derive(Clone, Copy)]
enum Space {
    Scope,
    Permission,
    Role,
    Claim,
    /// Names of rules, and functions for the other spaces.
    Mixed,
}

impl Written {
    /// The status of the reply to this caller.
    pub(crate) fn expected_status(&self, caller: Caller, id: &str) -> u16 {
        let [mut required, modules, own] = [self.list, self.modules, self.own].map(active);
        required.retain(|attribute| attribute != "public");
        // `public` exempts a route from the modules around it, but not from its list.
        let inside = [modules, own].concat();
        let is_exempt = inside.iter().any(|attribute| attribute == "public");
        if !is_exempt {
            required.extend(inside);
        }
        if required.is_empty() {
            return 200;
        }
        let Caller::Known(grants) = caller else {
            return 401;
        };
        let mut statuses = required
            .iter()
            .map(|attribute| status(attribute, grants, id));
        statuses.find(|status| *status != 200).unwrap_or(200)
    }
}

/// The attributes that rustc keeps, without `#[…]` and without their paths.
fn active(attributes: &[&str]) -> Vec<String> {
    let each = attributes.iter().map(|attribute| {
        let inner = attribute.trim_start_matches(['#', '!']);
        let inner = inner
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'));
        inner.expect("an attribute is in brackets")
    });
    each.filter_map(kept).collect()
}

fn kept(attribute: &str) -> Option<String> {
    let Some(arguments) = inside(attribute, "cfg_attr") else {
        let path_ends = attribute.find('(').unwrap_or(attribute.len());
        let name_begins = attribute[..path_ends]
            .rfind("::")
            .map_or(0, |colons| colons + 2);
        return Some(attribute[name_begins..].to_owned());
    };
    let (condition, attribute) = arguments.split_once(", ").expect("it has two arguments");
    match condition {
        "all()" | "not(any())" => kept(attribute),
        "any()" => None,
        other => panic!("unknown condition: {other}"),
    }
}

/// What is in the parentheses of `name(…)`.
fn inside<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(name)?;
    rest.strip_prefix('(')?.strip_suffix(')')
}

/// The status of the reply as far as this attribute is concerned.
fn status(attribute: &str, grants: Grants, id: &str) -> u16 {
    let (name, arguments) = attribute.split_once('(').unwrap_or((attribute, ")"));
    let arguments = arguments.strip_suffix(')');
    let arguments = arguments.expect("it ends with a parenthesis");
    let space = match name {
        "requires_auth" => return login_status(arguments, grants),
        "requires_scope" => Space::Scope,
        "requires_permission" => Space::Permission,
        "requires_role" => Space::Role,
        "requires_claim" => Space::Claim,
        "requires" => Space::Mixed,
        other => panic!("unknown attribute: {other}"),
    };
    let mut arguments = split(arguments);
    let mut denied = 403;
    while let Some(flag) = arguments.pop_if(|last| matches!(*last, "not_found" | "report_only")) {
        denied = match (flag, denied) {
            ("report_only", _) | (_, 200) => 200,
            _ => 404,
        };
    }
    let mut requirements = arguments.iter();
    if requirements.all(|argument| holds(argument, space, grants, id)) {
        200
    } else {
        denied
    }
}

/// The status of the reply as far as the login is concerned.
fn login_status(arguments: &str, grants: Grants) -> u16 {
    let is_met = |argument: &&str| match *argument {
        "acr = \"mfa\"" | "acr = \"hardware mfa\"" => grants.claim,
        "max_age = 3600" => true,
        // No token is bound to a key.
        "max_age = 10" | "sender_constrained" => false,
        other => panic!("unknown argument: {other}"),
    };
    if split(arguments).iter().all(is_met) {
        200
    } else {
        401
    }
}

fn holds(argument: &str, space: Space, grants: Grants, id: &str) -> bool {
    let every = |inner: &str, space| split(inner).iter().all(|it| holds(it, space, grants, id));
    if let Some(inner) = inside(argument, "any") {
        return split(inner).iter().any(|it| holds(it, space, grants, id));
    }
    if let Some(inner) = inside(argument, "all") {
        return every(inner, space);
    }
    match space {
        Space::Scope => match value(argument) {
            "a" => grants.scope_a,
            "b" => grants.scope_b,
            _ => false,
        },
        Space::Permission => value(argument) == "p" && grants.permission,
        Space::Role => value(argument) == "r" && grants.role,
        Space::Claim => {
            let (name, value) = argument.split_once(" = ").expect("a claim has a value");
            match (name.trim_matches('"'), value) {
                ("c", "true") => grants.claim,
                ("org", "\"acme\"") | ("level", "3") => true,
                ("sub", "\"<id>\"") => id == "7",
                _ => false,
            }
        }
        Space::Mixed => {
            for (name, space) in [
                ("scope", Space::Scope),
                ("permission", Space::Permission),
                ("role", Space::Role),
                ("claim", Space::Claim),
            ] {
                if let Some(inner) = inside(argument, name) {
                    return every(inner, space);
                }
            }
            match argument {
                "crate::HasRole" => grants.role,
                "crate::HasScope { name: crate::A }" => grants.scope_a,
                "crate::Fixed(true)" => true,
                "crate::Fixed::NO" => false,
                other => panic!("unknown rule: {other}"),
            }
        }
    }
}

/// The value of a string or of a constant.
fn value(argument: &str) -> &str {
    match argument {
        "crate::A" => "a",
        "crate::words::B" => "b",
        "crate::P" => "p",
        "crate::words::R" => "r",
        literal => literal.trim_matches('"'),
    }
}

/// Splits at the commas that are not in parentheses. No string has a comma or a parenthesis.
fn split(arguments: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut begins) = (Vec::new(), 0, 0);
    for (index, character) in arguments.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&arguments[begins..index]);
                begins = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&arguments[begins..]);
    let parts = parts.into_iter().map(str::trim);
    parts.filter(|part| !part.is_empty()).collect()
}
