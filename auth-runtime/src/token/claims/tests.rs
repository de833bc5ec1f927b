use std::collections::BTreeMap;

use serde_json::json;

use super::super::{AccessToken, ClaimNames};
use super::*;

/// Names and values with and without escapes, and with the characters that JSON pointers escape. The
/// contents of its token keep a copy of `sub` behind the text.
const TEXT: &str = r#" {"sub" : "\u0061", "n\u0061me":"b\n", "/a~b":{"~":{"":[1, {"c":null}]}},
    "list":[[2.5,-3],true], "":false, "s":"\u00e9é🦀", "o" :{"":1} } "#;

fn token(text: &str) -> AccessToken {
    AccessToken::unchecked(text.to_owned(), &ClaimNames::default()).unwrap()
}

/// Returns a new token, whose layout is known, and a remembered one, whose text is read again.
fn new_and_remembered(text: &str) -> [AccessToken; 2] {
    let new = token(text);
    let remembered = AccessToken::remembered(Arc::clone(new.contents()));
    [new, remembered]
}

#[test]
fn each_claim_is_the_one_of_the_whole_tree() {
    let tree: Value = serde_json::from_str(TEXT).unwrap();
    let names = [
        "sub",
        "name",
        "/a~b",
        "list",
        "",
        "s",
        "o",
        "x",
        "n\\u0061me",
        "a",
    ];
    for token in new_and_remembered(TEXT) {
        for name in names.into_iter().chain(names) {
            assert_eq!(token.claims().get(name), tree.get(name), "{name}");
        }
    }
}

#[test]
fn a_pointer_leads_to_where_it_leads_in_the_whole_tree() {
    let tree: Value = serde_json::from_str(TEXT).unwrap();
    for token in new_and_remembered(TEXT) {
        for pointer in [
            "/sub",
            "/name",
            "/~1a~0b",
            "/~1a~0b/~0",
            "/~1a~0b/~0/",
            "/~1a~0b/~0//0",
            "/~1a~0b/~0//1/c",
            "/list/0/1",
            "/list/1",
            "/",
            "/o/",
            "/sub/",
            "/x",
            "/x/y",
            "/list/2",
            "/list/-",
            "/list/00",
            "//",
            "/list/0/1/2",
        ] {
            assert_eq!(token.claim(pointer), tree.pointer(pointer), "{pointer}");
        }
        assert_eq!(token.claim("/list/0/1"), Some(&json!(-3)));
        assert_eq!(token.claim("/~1a~0b/~0//1/c"), Some(&Value::Null));
    }
}

/// The members exist under the names that a reader without this rule would look for.
#[test]
fn a_pointer_with_another_escape_leads_to_nothing() {
    for token in new_and_remembered(r#"{"a~":1,"~2":2,"o":{"~":3}}"#) {
        for pointer in ["/a~", "/~2", "/o/~"] {
            assert_eq!(token.claim(pointer), None, "{pointer}");
        }
        assert_eq!(token.claim("a~"), Some(&json!(1)));
        assert_eq!(token.claim("/a~0"), Some(&json!(1)));
        assert_eq!(token.claim("/o/~0"), Some(&json!(3)));
    }
}

#[test]
fn the_text_of_a_new_token_is_not_read_again_and_that_of_a_remembered_one_once() {
    let is_read = |token: &AccessToken| token.claims().reading.get().is_some();
    let tokens = new_and_remembered(TEXT);
    assert_eq!(tokens.each_ref().map(is_read), [true, false]);
    assert!(tokens.iter().all(|token| token.claim("sub").is_some()));
    assert_eq!(tokens.each_ref().map(is_read), [true, true]);
}

#[test]
fn a_value_is_built_once() {
    for token in new_and_remembered(TEXT) {
        let first = token.claim("list").unwrap();
        assert!(std::ptr::eq(first, token.claims().get("list").unwrap()));
        assert!(std::ptr::eq(
            &raw const first[0],
            token.claim("/list/0").unwrap()
        ));
    }
}

#[test]
fn claims_serialize_as_the_object_in_the_order_of_the_token() {
    let text = r#"{"z":[1,-2,2.5,18446744073709551615],"a":{"y":null,"b":"\"\n"},"m":true}"#;
    for token in new_and_remembered(text) {
        assert_eq!(serde_json::to_string(token.claims()).unwrap(), text);
    }
    let tree: Value = serde_json::from_str(TEXT).unwrap();
    for token in new_and_remembered(TEXT) {
        assert_eq!(serde_json::to_value(token.claims()).unwrap(), tree);
    }
}

#[test]
fn claims_become_a_type_of_the_application_or_fail() {
    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Caller {
        sub: String,
        list: (Vec<f64>, bool),
        org: Option<u8>,
    }

    let caller = Caller {
        sub: "a".to_owned(),
        list: (vec![2.5, -3.0], true),
        org: None,
    };
    for token in new_and_remembered(TEXT) {
        assert_eq!(token.claims_as::<Caller>().unwrap(), caller);
    }
    let all = token(TEXT).claims_as::<BTreeMap<String, Value>>().unwrap();
    assert_eq!(all.len(), 7);
    assert!(token(r#"{"sub":1}"#).claims_as::<Caller>().is_err());
}

#[test]
fn debug_shows_all_names_and_no_value() {
    for token in new_and_remembered(r#"{"sub":"\u006de","n\u0061me":{"x":"secret"}}"#) {
        let shown = format!("{:?}", token.claims());
        assert_eq!(shown, r#"Claims {"sub", "name"}"#);
    }
}
