use std::convert::Infallible;

use serde_json::json;

use super::super::{ClaimNames, Document, FoundClaims};
use super::*;

fn token(text: &str) -> AccessToken {
    token_with(text, &ClaimNames::default())
}

fn token_with(text: &str, names: &ClaimNames) -> AccessToken {
    AccessToken::unchecked(text.to_owned(), names).unwrap()
}

fn scopes(text: &str) -> Vec<String> {
    token(text).scopes().map(str::to_owned).collect()
}

#[test]
fn scopes_come_from_a_string_or_a_list() {
    assert_eq!(
        scopes(r#"{"scope":"a  b","scp":["c","d e"]}"#),
        ["a", "b", "c", "d e"]
    );
    assert_eq!(scopes(r#"{"scope":["a"]}"#), ["a"]);
    assert_eq!(scopes(r#"{"scp":"a b"}"#), ["a", "b"]);
    assert_eq!(scopes(r#"{"scope":"\u0061 b\u0020c"}"#), ["a", "b", "c"]);
    assert_eq!(
        scopes(r#"{"scp":["\u0061","b","\u0063é"]}"#),
        ["a", "b", "cé"]
    );
}

#[test]
fn scopes_of_another_type_count_as_none() {
    for text in [
        r#"{"scope":1}"#,
        r#"{"scope":["a",1]}"#,
        r#"{"scope":{"a":1}}"#,
        "{}",
    ] {
        assert!(scopes(text).is_empty(), "{text}");
    }
}

#[test]
fn grants_are_found_by_pointer() {
    let names = ClaimNames {
        scopes: vec!["/x/scopes".to_owned()],
        permissions: "https://example.com/permissions".to_owned(),
        roles: "/realm_access/roles".to_owned(),
    };
    let text = r#"{"x":{"scopes":"a b"},"https://example.com/permissions":["p"],
        "realm_access":{"roles":["r","s"]},"scope":"not read","roles":["not read"]}"#;
    let token = token_with(text, &names);
    assert_eq!(token.scopes().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(token.permissions().collect::<Vec<_>>(), ["p"]);
    assert_eq!(token.roles().collect::<Vec<_>>(), ["r", "s"]);
    assert!(token.has_role("r") && !token.has_role("a"));
}

#[test]
fn roles_may_be_the_member_names_of_an_object_and_nothing_else_may() {
    let text = r#"{"roles":{"admin":{"1":"acme"},"re\u0061der":{}},
        "permissions":{"a":1},"scope":{"b":1}}"#;
    let token = token(text);
    assert_eq!(token.roles().collect::<Vec<_>>(), ["admin", "reader"]);
    assert_eq!(token.permissions().count() + token.scopes().count(), 0);
}

#[test]
fn permissions_do_not_satisfy_scopes_nor_the_reverse() {
    let token = token(r#"{"scope":"a","permissions":["b"],"roles":["c",1]}"#);
    assert!(token.has_scope("a") && !token.has_scope("b"));
    assert!(token.has_permission("b") && !token.has_permission("a"));
    assert_eq!(token.roles().count(), 0);
}

#[test]
fn scopes_are_compared_exactly() {
    let token = token(r#"{"scope":"read:messages"}"#);
    assert!(token.has_scope("read:messages"));
    for other in [
        "read",
        "read:message",
        "read:messages2",
        "READ:MESSAGES",
        "",
    ] {
        assert!(!token.has_scope(other), "{other}");
    }
}

#[test]
fn debug_output_shows_no_claim_values() {
    let shown = format!("{:?}", token(r#"{"sub":"auth0|secret","scope":"a"}"#));
    assert!(shown.contains("\"sub\""));
    assert!(!shown.contains("secret"));
}

#[test]
fn strings_are_the_same_with_and_without_escapes() {
    let plain = r#"{"iss":"i","sub":"s","jti":"j","sid":"d","client_id":"c","azp":"a"}"#;
    let mut escaped = plain.to_owned();
    for letter in ["i", "s", "j", "d", "c", "a"] {
        let code = format!(r#":"\u{:04x}""#, letter.as_bytes()[0]);
        escaped = escaped.replace(&format!(":\"{letter}\""), &code);
    }
    assert!(escaped.contains(r#""azp":"\u0061""#));
    for token in [token(plain), token(&escaped)] {
        assert_eq!(token.issuer(), Some("i"));
        assert_eq!(token.subject(), Some("s"));
        assert_eq!(token.token_id(), Some("j"));
        assert_eq!(token.session_id(), Some("d"));
        assert_eq!(token.client_id(), Some("c"));
        assert_eq!(token.authorized_party(), Some("a"));
        assert_eq!(token.claim("azp"), Some(&json!("a")));
    }
}

#[test]
fn a_copy_says_the_same_as_the_token() {
    let text = r#"{"sub":"\u0061","scope":"b c","permissions":["d"],"roles":["e"],"x":[1]}"#;
    let token = token(text);
    let shared = AccessToken::remembered(Arc::clone(token.contents()));
    let copy = AccessToken::remembered(Arc::new(
        token.contents().summary().restore(text.to_owned()),
    ));
    for token in [&token, &shared, &copy] {
        assert_eq!(token.subject(), Some("a"));
        assert_eq!(token.scopes().collect::<Vec<_>>(), ["b", "c"]);
        assert!(token.has_permission("d") && token.has_role("e"));
        assert_eq!(token.claim("/x/0"), Some(&json!(1)));
    }
    assert_eq!(copy.origin().source, Source::Remembered);
}

#[test]
fn times_are_those_of_the_claims() {
    let at = |seconds| Some(UNIX_EPOCH + Duration::from_millis(seconds));
    let token = token(r#"{"exp":4102444800.5,"iat":2,"nbf":3}"#);
    assert_eq!(token.expires_at(), at(4_102_444_800_500));
    assert_eq!(token.issued_at(), at(2000));
    assert_eq!(token.expires(), Some(4_102_444_800.5));
    assert_eq!(token.issued(), Some(2.0));
    assert_eq!(token.not_before(), Some(3.0));
    let token = self::token(r#"{"exp":1e300,"iat":-1}"#);
    assert_eq!(token.expires_at(), None);
    assert_eq!(token.issued_at(), Some(UNIX_EPOCH - Duration::from_secs(1)));
    assert_eq!(self::token("{}").issued_at(), None);
}

#[test]
fn a_malformed_confirmation_binds_to_what_nobody_can_prove() {
    assert_eq!(token("{}").confirmation(), None);
    let token = token(r#"{"cnf":{"jkt":"x"}}"#);
    assert_eq!(token.confirmation(), Some(&Confirmation::default()));
}

#[test]
fn a_required_scope_that_was_not_granted_is_a_403_that_names_it() {
    let token = token(r#"{"scope":"a"}"#);
    assert!(token.require_scope("a").is_ok());
    let error = token.require_scope("b").unwrap_err();
    assert_eq!(error.status().code, 403);
    assert!(error.challenge().unwrap().contains("scope=\"b\""));
}

#[test]
fn an_issuer_is_assumed_only_if_the_claims_do_not_name_one() {
    for (text, issuer) in [
        (r#"{"sub":"a"}"#, "assumed"),
        (r#"{"sub":"\u0061"}"#, "assumed"),
        (r#"{"sub":"a","iss":"named"}"#, "named"),
    ] {
        let claims = Document::parse(text.to_owned()).unwrap();
        let accept = |_: &FoundClaims<'_>| Ok::<_, Infallible>(());
        let draft = Draft::new(claims, &ClaimNames::default(), accept);
        let mut draft = draft.unwrap_or_else(|never| match never {});
        draft.assume_issuer("assumed");
        let token = AccessToken::new(draft, token("{}").origin());
        assert_eq!(token.issuer(), Some(issuer), "{text}");
        assert_eq!(token.subject(), Some("a"), "{text}");
        assert_eq!(token.claim("sub"), Some(&json!("a")), "{text}");
    }
}

#[test]
fn the_heap_holds_the_text_and_what_does_not_fit_into_the_extract() {
    let heap = |text: &str| {
        let token = token(text);
        let contents = token.contents();
        // A summary keeps everything except the text. Without copies it has one allocation less.
        let summary = contents.summary();
        assert_eq!(
            summary.heap_bytes(),
            contents.heap_bytes() - text.len(),
            "{text}"
        );
        let has_copies = text.contains('\\');
        assert_eq!(
            summary.heap_allocations(),
            contents.heap_allocations() - usize::from(!has_copies),
            "{text}"
        );
        (contents.heap_bytes(), contents.heap_allocations())
    };
    let text = r#"{"sub":"a","scope":"b c"}"#;
    assert_eq!(heap(text), (text.len(), 1));
    let escaped = r#"{"sub":"\u0061"}"#;
    assert_eq!(
        heap(escaped),
        (escaped.len() + 1, 1),
        "a copy of the subject"
    );
    let bound = r#"{"cnf":{}}"#;
    let confirmation = size_of::<Confirmation>();
    assert_eq!(heap(bound), (bound.len() + confirmation, 2));
    let many = format!(r#"{{"cnf":{{}},"scope":"{}"}}"#, "x ".repeat(16));
    let spans = 16 * size_of::<Span>();
    assert_eq!(heap(&many), (many.len() + confirmation + spans, 3));
    let escaped = many.replace("{}", r#"{},"sub":"\u0061""#);
    assert_eq!(
        heap(&escaped),
        (escaped.len() + 1 + confirmation + spans, 3)
    );
}
