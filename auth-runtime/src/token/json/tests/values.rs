use jsonptr::Pointer;

use super::*;

#[test]
fn a_value_has_one_type() {
    let text =
        r#"{"string":"a","empty":"","number":1.5,"object":{"b":2},"array":["a"],"null":null}"#;
    let document = document(text).unwrap();
    for (name, value) in document.object().members() {
        let name = name.as_str();
        let string = match name {
            "string" => Some("a"),
            "empty" => Some(""),
            _ => None,
        };
        assert_eq!(value.as_str(), string, "{name}");
        assert_eq!(value.as_f64(), (name == "number").then_some(1.5), "{name}");
        let object = value.as_object().map(Value::from);
        assert_eq!(
            object,
            (name == "object").then(|| json!({"b": 2})),
            "{name}"
        );
    }
}

#[test]
fn only_a_list_of_strings_has_strings() {
    let strings = |value: &str| {
        let document = Document::parse(format!(r#"{{"x":{value}}}"#)).unwrap();
        let strings = document.object().get("x").unwrap().as_strings();
        strings.map(|strings| {
            strings
                .map(|text| text.as_str().to_owned())
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(strings("[]"), Some(vec![]));
    assert_eq!(
        strings(r#"["a","","\u0062"]"#),
        Some(vec!["a".into(), String::new(), "b".into()])
    );
    for other in [
        r#"["a",1]"#,
        r#"["a",null]"#,
        r#"["a",{}]"#,
        r#"["a",[]]"#,
        r#"[["a"]]"#,
        r#"[{"a":"b"}]"#,
        r#"{"a":"b"}"#,
        r#""a""#,
        "null",
    ] {
        assert_eq!(strings(other), None, "{other}");
    }
}

#[test]
fn a_pointer_leads_to_members_and_items() {
    let text = r#"{"a":{"b/c":[1,{"d~":2}]},"/a":3,"":4,"e":{"":5}}"#;
    let document = document(text).unwrap();
    let object = document.object();
    let at = |pointer: &str| object.at(Pointer::parse(pointer).unwrap());
    let number = |pointer: &str| at(pointer).and_then(Json::as_f64);
    assert_eq!(number("/a/b~1c/0"), Some(1.0));
    assert_eq!(number("/a/b~1c/1/d~0"), Some(2.0));
    assert_eq!(number("/~1a"), Some(3.0));
    assert_eq!(number("/"), Some(4.0));
    assert_eq!(number("/e/"), Some(5.0));
    assert_eq!(at("").map(Value::from), Some(object.into()));
    for nowhere in [
        "/a/b/c/0",
        "/a/b~1c/2",
        "/a/b~1c/-",
        "/a/b~1c/00",
        "/a/b~1c/+0",
        "/a/x",
        "/a/b~1c/0/0",
        "/x",
    ] {
        assert!(at(nowhere).is_none(), "{nowhere}");
    }
}
