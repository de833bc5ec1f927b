mod names;
mod numbers;
mod properties;
mod strings;
mod values;

use serde_json::{Value, json};

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
