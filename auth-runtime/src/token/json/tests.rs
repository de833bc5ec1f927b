use jsonptr::Pointer;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::reader::Problem;
use super::*;

fn document(text: &str) -> Result<Document<&str>, JsonError> {
    Document::parse(text)
}

fn whole(text: &str) -> Value {
    document(text).unwrap().object().into()
}

fn problem(text: &str) -> Problem {
    document(text).err().expect(text).problem
}

/// Reads the value of the member `x`.
fn read(value: &str) -> Result<Value, Problem> {
    let text = format!(r#"{{"x":{value}}}"#);
    match document(&text) {
        Ok(document) => Ok(document.object().get("x").unwrap().into()),
        Err(error) => Err(error.problem),
    }
}

fn nested(open: &str, close: &str, levels: usize) -> String {
    open.repeat(levels) + &close.repeat(levels)
}

#[test]
fn values_are_read_as_they_are_written() {
    let text =
        r#" { "a" : [ 1 , "b" , null ] , "c" : { "d" : true , "e" : false } , "f":{},"g":[]} "#;
    let expected = json!({"a": [1, "b", null], "c": {"d": true, "e": false}, "f": {}, "g": []});
    assert_eq!(whole(text), expected);
    assert_eq!(whole("\t\r\n{}\n"), json!({}));
}

#[test]
fn escapes_are_resolved() {
    for (written, value) in [
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""a\u0062c""#, "abc"),
        (r#""\u00E9\u00e9é""#, "ééé"),
        (r#""\ud83e\udd80\uD83E\uDD80""#, "🦀🦀"),
        (r#""\u0000""#, "\0"),
        ("\"\u{7f}\u{2028}\"", "\u{7f}\u{2028}"),
    ] {
        assert_eq!(read(written), Ok(value.into()), "{written}");
    }
}

#[test]
fn a_string_without_escapes_knows_its_position() {
    let text = r#"{"a":"bc","d":"\u0065f","":"é"}"#;
    let document = document(text).unwrap();
    let position = |name: &str| match document.object().get(name) {
        Some(Json::String(value)) => value.position(),
        _ => unreachable!("all members are strings"),
    };
    assert_eq!(position("a"), Some(6));
    assert_eq!(&text[6..8], "bc");
    assert_eq!(position("d"), None);
    assert_eq!(&text[position("").unwrap()..][..2], "é");
}

#[test]
fn a_string_that_is_not_unicode_text_is_refused() {
    for written in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800x""#,
        r#""\ud800\n""#,
        r#""\ud800\ud800""#,
        r#""\ud800\u0041""#,
        r#""\udc00\ud800""#,
    ] {
        assert_eq!(read(written), Err(Problem::LoneSurrogate), "{written}");
        let name = format!("{{{written}:1}}");
        assert_eq!(problem(&name), Problem::LoneSurrogate, "{name}");
    }
}

#[test]
fn invalid_strings_are_refused() {
    for written in [
        r#""\x""#,
        r#""\u""#,
        r#""\u00""#,
        r#""\u+041""#,
        r#""\u004g""#,
        r#""\ud800\u12""#,
        r#""\"#,
        "\"\n\"",
        "\"\0\"",
        "\"\u{1f}\"",
        "'a'",
        "a",
        "\"",
    ] {
        assert_eq!(read(written), Err(Problem::Syntax), "{written}");
    }
}

#[test]
fn numbers_keep_their_value() {
    for (written, value) in [
        ("0", json!(0)),
        ("-1", json!(-1)),
        ("4102444800", json!(4_102_444_800_u64)),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        (
            "18446744073709551616",
            json!(18_446_744_073_709_551_616_f64),
        ),
        (
            "-9223372036854775809",
            json!(-9_223_372_036_854_775_809_f64),
        ),
        ("1.5e3", json!(1500.0)),
        ("1E+2", json!(100.0)),
        ("-0", json!(-0.0)),
        ("-0.0", json!(-0.0)),
        ("5e-324", json!(5e-324)),
        ("1e-400", json!(0.0)),
        ("1.7976931348623157e308", json!(f64::MAX)),
    ] {
        assert_eq!(read(written), Ok(value), "{written}");
    }
}

#[test]
fn a_number_that_an_f64_cannot_hold_is_refused() {
    let long = "9".repeat(400);
    for written in ["1e400", "-1e400", "1e99999999999", "1.8e308", &*long] {
        assert_eq!(read(written), Err(Problem::NumberOutOfRange), "{written}");
        let nested = format!(r#"[{{"y":{written}}}]"#);
        assert_eq!(read(&nested), Err(Problem::NumberOutOfRange), "{nested}");
    }
}

#[test]
fn invalid_syntax_is_refused() {
    for value in [
        "01",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "-",
        "- 1",
        "0x1",
        "NaN",
        "Infinity",
        "tru",
        "True",
        "nul",
        "",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "{,}",
        "{1:2}",
        "1 2",
        "1/**/",
        "\u{a0}1",
        "\u{feff}1",
    ] {
        assert_eq!(read(value), Err(Problem::Syntax), "{value}");
    }
    for text in ["", " ", "{}x", "{}{}", "\u{feff}{}", "{}\0", "\u{b}{}"] {
        assert_eq!(problem(text), Problem::Syntax, "{text}");
    }
}

#[test]
fn only_an_object_is_an_object() {
    for text in ["[]", "1", "\"a\"", "null", "true", "[{}]"] {
        assert_eq!(problem(text), Problem::NotAnObject, "{text}");
    }
}

#[test]
fn a_duplicate_name_is_found_at_any_depth_and_however_it_is_written() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"":1,"":1}"#,
        r#"{"x":[{"a":{"b":1,"b":1}}]}"#,
        r#"{"x":{"a":1,"\u0061":2}}"#,
    ] {
        assert_eq!(problem(text), Problem::DuplicateName, "{text}");
    }
    let reused = r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#;
    assert!(document(reused).is_ok());
}

#[test]
fn a_duplicate_name_is_found_among_few_members_and_among_many() {
    for count in [1, 2, 23, 24, 25, 26, 1000] {
        let members: Vec<_> = (0..count)
            .map(|number| format!("\"n{number}\":0"))
            .collect();
        let members = members.join(",");
        assert!(document(&format!("{{{members}}}")).is_ok(), "{count}");
        for duplicate in [0, count / 2, count - 1] {
            let text = format!("{{{members},\"n{duplicate}\":0}}");
            assert_eq!(
                problem(&text),
                Problem::DuplicateName,
                "{duplicate} of {count}"
            );
        }
    }
}

#[test]
fn a_duplicate_name_is_reported_where_its_object_starts() {
    for (text, start) in [
        (r#"{"a":1,"a":2}"#, 0),
        (r#" {"x":[{},{"a":1,"a":2}]}"#, 10),
    ] {
        let error = document(text).err().expect(text);
        let problem = Problem::DuplicateName;
        assert_eq!((error.problem, error.position), (problem, start), "{text}");
    }
}

#[test]
fn names_of_any_length_are_compared() {
    let long = "x".repeat(10_000);
    let different = format!(r#"{{"{long}":1,"{long}y":2,"":3}}"#);
    assert!(document(&different).is_ok());
    let same = format!(r#"{{"{long}":1,"":2,"{long}":3}}"#);
    assert_eq!(problem(&same), Problem::DuplicateName);
}

#[test]
fn a_name_that_serde_json_reserves_is_refused_at_any_depth() {
    for name in ["RawValue", "Number", "", "anything"] {
        for text in [
            format!(r#"{{"$serde_json::private::{name}":"1"}}"#),
            format!(r#"{{"x":{{"$serde_json::private::{name}":"1"}}}}"#),
            format!(r#"{{"x":[{{"\u0024serde_json::private::{name}":1}}]}}"#),
            format!(r#"{{"x":{{"a":1,"$serde_json::private::{name}":1}}}}"#),
        ] {
            assert_eq!(problem(&text), Problem::ReservedName, "{text}");
        }
    }
    for text in [
        r#"{"x":"$serde_json::private::RawValue"}"#,
        r#"{"$serde_json::privat":1}"#,
    ] {
        assert!(document(text).is_ok(), "{text}");
    }
}

#[test]
fn a_text_nests_at_most_64_levels_deep() {
    // The object that holds `x` is the first level.
    for (open, close) in [("[", "]"), ("{\"a\":[", "]}")] {
        let levels = open.matches(['[', '{']).count();
        let deepest = nested(open, close, 63 / levels);
        assert!(read(&deepest).is_ok(), "{deepest}");
        for deeper in [63 / levels + 1, 64, 500, 100_000] {
            let deeper = nested(open, close, deeper);
            assert_eq!(read(&deeper), Err(Problem::TooDeep));
        }
    }
    assert_eq!(read(&"[".repeat(100_000)), Err(Problem::TooDeep));
    // The number of brackets is not the depth.
    assert!(read(&format!("[{}[]]", "[],".repeat(1000))).is_ok());
}

#[test]
fn a_text_has_at_most_16_mib() {
    let text = format!("{{{}}}", " ".repeat(reader::MAX_BYTES - 2));
    assert!(document(&text).is_ok());
    assert_eq!(problem(&format!("{text} ")), Problem::TooLong);
}

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = document(&text);
    }

    #[test]
    fn no_json_like_text_makes_the_reader_panic(
        text in r#"\{("(a|\\u00[0-9a-f]{2}|\\[nx])*":([\[\]{},:0-9.eE+-]|"b?|null){0,8},?){0,4}\}?"#,
    ) {
        let _ = document(&text);
    }

    /// Checks that text that `serde_json` writes is read back unchanged.
    #[test]
    fn what_serde_json_writes_is_read_alike(members in members()) {
        let value = Value::Object(members);
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let document = document(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
            let object = document.object();
            prop_assert_eq!(Value::from(object), value.clone());
            prop_assert_eq!(&serde_json::to_value(object).unwrap(), &value);
            for (index, (name, member)) in object.members().enumerate() {
                let (found, same) = object.find(name.as_str()).unwrap();
                prop_assert_eq!(found, index);
                prop_assert_eq!(Value::from(same), Value::from(member));
                prop_assert_eq!(Some(&Value::from(member)), value.get(name.as_str()));
            }
            let located = object.located();
            let located = located.map(|(name, place)| (name.to_owned(), object.value(place).into()));
            prop_assert_eq!(&Value::Object(located.collect()), &value);
            let (same, layout) = document.into_parts();
            prop_assert_eq!(same, &text);
            prop_assert_eq!(Value::from(Object::whole(&text, &layout)), value.clone());
        }
    }
}

fn members() -> impl Strategy<Value = Map<String, Value>> {
    let number = prop_oneof![
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        "\\PC{0,8}|[\0-\u{20}\"\\\\]{0,4}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 16, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
        let object = prop::collection::btree_map("\\PC{0,4}", inner, 0..4)
            .prop_map(|members| Value::Object(members.into_iter().collect()));
        prop_oneof![list, object]
    });
    prop::collection::btree_map("\\PC{0,4}", value, 0..30)
        .prop_map(|members| members.into_iter().collect())
}
