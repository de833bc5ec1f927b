use proptest::prelude::*;
use serde_json::Map;

use super::*;

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
