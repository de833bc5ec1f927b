use super::*;

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
