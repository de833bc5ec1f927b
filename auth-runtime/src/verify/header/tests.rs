use super::*;

const TYPES: &[&str] = &["JWT", "at+jwt"];

fn with_type(typ: &str) -> String {
    format!(r#"{{"alg":"RS256","typ":"{typ}"}}"#)
}

#[test]
fn a_type_is_compared_without_case_and_without_application() {
    for (typ, is_at_jwt) in [
        ("JWT", false),
        ("jwt", false),
        ("application/jwt", false),
        ("at+jwt", true),
        ("AT+JWT", true),
        ("application/at+jwt", true),
        ("Application/At+Jwt", true),
    ] {
        let text = with_type(typ);
        let parameters = parse(&text).unwrap();
        let header = Header::check(parameters.object(), TYPES).unwrap();
        assert_eq!(header.has_type("at+jwt"), is_at_jwt, "{typ}");
        assert_eq!(header.has_type("jwt"), !is_at_jwt, "{typ}");
    }
}

#[test]
fn a_token_of_another_type_is_refused() {
    for typ in [
        "",
        "logout+jwt",
        "application/logout+jwt",
        "text/jwt",
        "text/at+jwt",
        "application/",
        "application/application/jwt",
    ] {
        let text = with_type(typ);
        let parameters = parse(&text).unwrap();
        let checked = Header::check(parameters.object(), TYPES).map(|header| header.algorithm);
        assert!(
            matches!(checked, Err(Malformed::Type(_))),
            "{typ}: {checked:?}"
        );
    }
}

#[test]
fn a_token_without_a_type_is_accepted_and_has_none() {
    let parameters = parse(r#"{"alg":"RS256"}"#).unwrap();
    let header = Header::check(parameters.object(), TYPES).unwrap();
    assert!(!header.has_type("JWT") && !header.has_type("at+jwt"));
}
