//! Splits JSON text into its parts without reading them, so that one odd part cannot make the others
//! unreadable. The text must be valid JSON.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// Returns the text of each member of an object, as name and value. Returns `None` for other values.
pub(super) fn members(object: &str) -> Option<Vec<(&str, &str)>> {
    let mut rest = object.trim_ascii().strip_prefix('{')?;
    let mut members = Vec::new();
    while let Some((name, after)) = next_value(rest) {
        let (value, after) = next_value(after.trim_ascii_start().strip_prefix(':')?)?;
        members.push((name, value));
        rest = after.trim_ascii_start().trim_start_matches(',');
    }
    Some(members)
}

/// Returns the text of each item of an array. Returns `None` for other values.
pub(super) fn items(array: &str) -> Option<Vec<&str>> {
    let mut rest = array.trim_ascii().strip_prefix('[')?;
    let mut items = Vec::new();
    while let Some((item, after)) = next_value(rest) {
        items.push(item);
        rest = after.trim_ascii_start().trim_start_matches(',');
    }
    Some(items)
}

/// Splits the text after its first value. Returns `None` if it does not begin with a value.
fn next_value(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_ascii_start();
    let mut values = Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    text.split_at_checked(values.byte_offset())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn parts_are_split_whatever_they_contain() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        let parts = [
            "1e999",
            r#""\ud800""#,
            "{\"a\":[1,{}]}",
            "-0",
            "null",
            &deep,
            r#""a\",]}""#,
        ];
        let array = format!(" [ {} ] ", parts.join(" , "));
        assert_eq!(items(&array).unwrap(), parts);
        let object = parts
            .map(|part| format!("\"a\\u0062\" :{part}\n"))
            .join(",");
        let expected = parts.map(|part| (r#""a\u0062""#, part));
        assert_eq!(members(&format!("{{{object}}}")).unwrap(), expected);
        assert_eq!(items("[]").unwrap(), [""; 0]);
        assert_eq!(members(" {} ").unwrap(), []);
        for other in ["{}", "1", "\"[]\"", "null"] {
            assert!(items(other).is_none(), "{other}");
        }
        assert!(members("[]").is_none());
    }

    proptest! {
        #[test]
        fn the_parts_of_any_array_are_its_items(numbers in prop::collection::vec(any::<f64>(), 0..5), texts in prop::collection::vec(".*", 0..5)) {
            let numbers = numbers.into_iter().map(Value::from);
            let values: Vec<Value> = numbers.chain(texts.into_iter().map(Value::from)).collect();
            let text = serde_json::to_string(&values).unwrap();
            let read: Vec<Value> = items(&text).unwrap().iter().map(|item| serde_json::from_str(item).unwrap()).collect();
            prop_assert_eq!(read, serde_json::from_str::<Vec<Value>>(&text).unwrap());
        }
    }
}
