//! The forms of Rocket's route attributes.

use crate::random::Random;

/// A route attribute, and how to call the route.
#[derive(Clone)]
pub(crate) struct Form {
    /// The name of the handler, which is also what it replies.
    pub(crate) name: String,
    pub(crate) attribute: String,
    /// The handler's parameters for what the attribute names.
    pub(crate) parameters: Vec<&'static str>,
    pub(crate) method: &'static str,
    /// The URI of a request, with `{id}` for the parameter.
    pub(crate) uri: String,
    pub(crate) has_id: bool,
    pub(crate) body: &'static str,
}

const METHODS: [(&str, &str); 7] = [
    ("get", "Get"),
    ("put", "Put"),
    ("post", "Post"),
    ("delete", "Delete"),
    ("options", "Options"),
    ("head", "Head"),
    ("patch", "Patch"),
];

pub(crate) fn form(random: &mut Random, name: &str) -> Form {
    let (attribute, method) = random.pick(&METHODS);
    let mut form = Form {
        name: name.to_owned(),
        attribute: format!("{attribute}(\"/{name}\")"),
        parameters: Vec::new(),
        method,
        uri: format!("/{name}"),
        has_id: false,
        body: "",
    };
    let ids = ["id: u64", "id: &str", "id: String"];
    match random.below(14) {
        0 => form.attribute = format!("{attribute}(\"/{name}\", rank = 2)"),
        1 => form.attribute = format!("route({}, uri = \"/{name}\")", method.to_uppercase()),
        2 => form.attribute = format!("rocket::{attribute}(\"/{name}\", rank = 300)"),
        3..=5 => {
            form.attribute = format!("{attribute}(\"/{name}/<id>\")");
            form.parameters = vec![random.pick(&ids)];
            form.uri = format!("/{name}/{{id}}");
            form.has_id = true;
        }
        6 => {
            form.attribute = format!(
                "route({}, rank = 1, uri = \"/{name}/<_>/<id>/<type>?<q..>\")",
                method.to_uppercase()
            );
            form.parameters = vec![
                random.pick(&ids),
                "r#type: &str",
                "q: std::collections::HashMap<&str, &str>",
            ];
            form.uri = format!("/{name}/8/{{id}}/8?id=8");
            form.has_id = true;
        }
        7 => {
            form.attribute = format!("{attribute}(\"/{name}/<_rest..>\")");
            form.parameters = vec!["_rest: std::path::PathBuf"];
            form.uri = format!("/{name}/x/y");
        }
        8 => {
            form.attribute = format!("{attribute}(\"/{name}?<q>&fixed\")");
            form.parameters = vec!["q: Option<&str>"];
            form.uri = format!("/{name}?fixed&q=1");
        }
        9 => {
            form.attribute = format!("post(\"/{name}\", data = \"<body>\")");
            form.parameters = vec!["body: String"];
            form.method = "Post";
            form.body = "text";
        }
        10 => {
            form.attribute =
                format!("put(\"/{name}/<id>\", format = \"json\", data = \"<_body>\")");
            form.parameters = vec!["id: &str", "_body: &str"];
            form.uri = format!("/{name}/{{id}}");
            form.method = "Put";
            form.has_id = true;
            form.body = "{}";
        }
        _ => {}
    }
    form
}
