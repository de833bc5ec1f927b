//! Sets claims in the payload of a token.

use serde_json::{Map, Value, json};

use crate::token::ClaimPath;

/// Sets the value at this path, which is parsed as a [`ClaimPath`]. Sets nothing if nothing could read
/// the value there.
pub(crate) fn set_claim(claims: &mut Map<String, Value>, path: &str, value: Value) {
    let pointer = match ClaimPath::parse(path) {
        Some(ClaimPath::Pointer(pointer)) => pointer,
        Some(ClaimPath::Name(name)) => {
            claims.insert(name.to_owned(), value);
            return;
        }
        None => return,
    };
    let Some((above, last)) = pointer.split_back() else {
        return;
    };
    let mut object = claims;
    for step in above.tokens() {
        let next = object.entry(step.decoded()).or_insert_with(|| json!({}));
        match next {
            Value::Object(next) => object = next,
            _ => return,
        }
    }
    object.insert(last.decoded().into_owned(), value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_set_where_it_is_read() {
        for (path, expected) in [
            ("a", json!({ "a": 1 })),
            ("a/b~", json!({ "a/b~": 1 })),
            ("/a", json!({ "a": 1 })),
            ("/a/b", json!({ "a": { "b": 1 } })),
            ("/~0/~1~01", json!({ "~": { "/~1": 1 } })),
            ("/", json!({ "": 1 })),
        ] {
            let mut claims = Map::new();
            set_claim(&mut claims, path, json!(1));
            assert_eq!(Value::Object(claims), expected, "{path}");
        }
    }

    #[test]
    fn nothing_is_set_where_nothing_is_read() {
        for path in ["/a~", "/~2", "/a/b~/c", "/x/y"] {
            let mut claims = Map::from_iter([("x".to_owned(), json!("text"))]);
            set_claim(&mut claims, path, json!(1));
            assert_eq!(Value::Object(claims), json!({ "x": "text" }), "{path}");
        }
    }
}
