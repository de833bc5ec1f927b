use super::*;

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
