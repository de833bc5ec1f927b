//! Policies as text: they read like the attributes that made them.

use std::fmt::{self, Display, Formatter, Write};
use std::slice::from_ref;

use super::requirement::{Kind, Literal, Requirement};
use super::{Access, Policy};

impl Display for Policy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Access::Public => f.write_str("public"),
            Access::RefuseAll => f.write_str("refuses everyone"),
            Access::Requires([]) => f.write_str("requires_auth"),
            Access::Requires(requirements) => list(f, requirements),
        }
    }
}

/// As an attribute of its own.
impl Display for Requirement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (inner, flags) = unflagged(self);
        let attribute = attribute(self);
        write!(f, "{attribute}(")?;
        arguments(f, attribute, inner)?;
        for flag in flags.into_iter().flatten() {
            write!(f, ", {flag}")?;
        }
        f.write_char(')')
    }
}

/// What an attribute with flags asks for, and the flags.
fn unflagged(requirement: &Requirement) -> (&[Requirement], [Option<&'static str>; 2]) {
    let (mut inner, mut not_found, mut report_only) = (from_ref(requirement), None, None);
    loop {
        match inner {
            [Requirement(Kind::NotFound(flagged))] => {
                (inner, not_found) = (flagged, Some("not_found"));
            }
            [Requirement(Kind::ReportOnly(flagged))] => {
                (inner, report_only) = (flagged, Some("report_only"));
            }
            _ => return (inner, [not_found, report_only]),
        }
    }
}

/// The attribute that takes any kind of requirement.
const MIXED: &str = "requires";

/// The attribute that a requirement belongs to: that of its leaves.
fn attribute(requirement: &Requirement) -> &'static str {
    match requirement.0 {
        Kind::Scope(_) => "requires_scope",
        Kind::Permission(_) => "requires_permission",
        Kind::Role(_) => "requires_role",
        Kind::Claim { .. } | Kind::Owner { .. } => "requires_claim",
        Kind::MaxAge(_) | Kind::Acr(_) | Kind::SenderConstrained => "requires_auth",
        Kind::Custom(_) => MIXED,
        Kind::Any(inner) | Kind::All(inner) | Kind::NotFound(inner) | Kind::ReportOnly(inner) => {
            let first = inner.first().map_or("requires_auth", attribute);
            let is_one = inner.iter().all(|one| attribute(one) == first);
            if is_one { first } else { MIXED }
        }
    }
}

/// Within an attribute of another kind, as `scope("a")`.
fn argument(f: &mut Formatter<'_>, within: &str, requirement: &Requirement) -> fmt::Result {
    let own = attribute(requirement);
    let is_group = matches!(requirement.0, Kind::Any(_) | Kind::All(_));
    if own != within && !is_group {
        write!(f, "{}(", own.trim_start_matches("requires_"))?;
        argument(f, own, requirement)?;
        return f.write_char(')');
    }
    match requirement.0 {
        Kind::Scope(text) | Kind::Permission(text) | Kind::Role(text) => write!(f, "{text:?}"),
        Kind::Claim { name, value } => {
            claim_name(f, name)?;
            match value {
                Literal::Text(text) => write!(f, " = {text:?}"),
                Literal::Integer(number) => write!(f, " = {number}"),
                Literal::Bool(flag) => write!(f, " = {flag}"),
            }
        }
        Kind::Owner { claim, parameter } => {
            claim_name(f, claim)?;
            write!(f, " = \"<{}>\"", parameter.name)
        }
        Kind::MaxAge(seconds) => write!(f, "max_age = {seconds}"),
        Kind::Acr(classes) => write!(f, "acr = {classes:?}"),
        Kind::SenderConstrained => f.write_str("sender_constrained"),
        Kind::Custom(custom) => f.write_str(custom.name),
        Kind::Any(inner) => nested(f, within, "any", inner),
        Kind::All(inner) => nested(f, within, "all", inner),
        Kind::NotFound(inner) | Kind::ReportOnly(inner) => arguments(f, within, inner),
    }
}

fn nested(f: &mut Formatter<'_>, within: &str, name: &str, inner: &[Requirement]) -> fmt::Result {
    write!(f, "{name}(")?;
    arguments(f, within, inner)?;
    f.write_char(')')
}

fn arguments(f: &mut Formatter<'_>, within: &str, inner: &[Requirement]) -> fmt::Result {
    for (index, one) in inner.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        argument(f, within, one)?;
    }
    Ok(())
}

fn claim_name(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    let is_identifier = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_identifier {
        f.write_str(name)
    } else {
        write!(f, "{name:?}")
    }
}

/// Requirements of one attribute, one after the other, make one call again.
fn list(f: &mut Formatter<'_>, requirements: &[Requirement]) -> fmt::Result {
    let mut rest = requirements;
    while let [first, ..] = rest {
        if rest.len() != requirements.len() {
            f.write_char(' ')?;
        }
        if matches!(first.0, Kind::NotFound(_) | Kind::ReportOnly(_)) {
            write!(f, "{first}")?;
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let same = |one: &&Requirement| {
            attribute(one) == attribute(first)
                && !matches!(one.0, Kind::NotFound(_) | Kind::ReportOnly(_))
        };
        let (group, others) = rest.split_at(rest.iter().take_while(same).count());
        write!(f, "{}(", attribute(first))?;
        arguments(f, attribute(first), group)?;
        f.write_char(')')?;
        rest = others;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Parameter;

    const fn parameter(name: &'static str) -> Parameter {
        Parameter {
            name,
            parse: |segment| Some(segment.to_owned()),
        }
    }

    const A: Requirement = Requirement::scope("a");
    const B: Requirement = Requirement::scope("b");
    const C: Requirement = Requirement::scope("c");

    const NESTED: Policy = Policy::requires(&[Requirement::any(&[A, Requirement::all(&[B, C])])]);
    const FLAGGED: Policy = Policy::requires(&[
        A,
        Requirement::role("admin"),
        Requirement::claim("https://example.com/tenant", Literal::Text("acme")),
        Requirement::not_found(&[Requirement::owner("sub", parameter("user_id"))]),
        Requirement::report_only(&[Requirement::not_found(&[B, C])]),
        Requirement::max_age(300),
    ]);

    #[test]
    fn kinds_that_are_mixed_stand_by_their_nouns() {
        const OWNER: Requirement = Requirement::owner("sub", parameter("id"));
        const MIXED: Requirement =
            Requirement::any(&[Requirement::all(&[A, B]), OWNER, Requirement::role("r")]);
        const POLICY: Policy =
            Policy::requires(&[MIXED, Requirement::not_found(&[C, OWNER]), A, MIXED]);
        assert_eq!(
            POLICY.to_string(),
            r#"requires(any(all(scope("a"), scope("b")), claim(sub = "<id>"), role("r"))) requires(scope("c"), claim(sub = "<id>"), not_found) requires_scope("a") requires(any(all(scope("a"), scope("b")), claim(sub = "<id>"), role("r")))"#
        );
    }

    #[test]
    fn a_policy_reads_like_its_attributes() {
        assert_eq!(Policy::PUBLIC.to_string(), "public");
        assert_eq!(Policy::requires(&[]).to_string(), "requires_auth");
        assert_eq!(
            Policy::requires(&[A, B]).to_string(),
            r#"requires_scope("a", "b")"#
        );
        assert_eq!(
            NESTED.to_string(),
            r#"requires_scope(any("a", all("b", "c")))"#
        );
        assert_eq!(
            FLAGGED.to_string(),
            r#"requires_scope("a") requires_role("admin") requires_claim("https://example.com/tenant" = "acme") requires_claim(sub = "<user_id>", not_found) requires_scope("b", "c", not_found, report_only) requires_auth(max_age = 300)"#
        );
    }
}
