//! Random routes in modules, made by macros or not, and the lists that mount them.

use std::fmt::Write;

use crate::attributes::{self, Place};
use crate::random::Random;

const IMPORTS: &str = "#[allow(unused_imports)] use auth_runtime::{AccessToken, Authorized, OptionalToken, \
                       public, requires, requires_auth, requires_claim, requires_permission, \
                       requires_role, requires_scope}; \
                       #[allow(unused_imports)] use rocket::{delete, get, head, options, patch, post, \
                       put, route};";

/// The code so far, and the table of what is written about each route.
struct Generated {
    code: String,
    table: String,
    mounts: String,
    routes: u64,
}

/// A list of routes that is mounted at a base of its own.
struct List {
    base: usize,
    /// The attributes that apply to all routes, from the outside in.
    attributes: Vec<String>,
    takes_public: bool,
    /// The paths of its handlers.
    handlers: Vec<String>,
}

/// The attributes of the modules around a route.
#[derive(Clone, Default)]
struct Around {
    path: String,
    attributes: Vec<String>,
    is_public: bool,
}

/// How Rocket is told of a route.
struct Form {
    attribute: String,
    parameters: Vec<&'static str>,
    method: &'static str,
    path: String,
    has_id: bool,
    body: &'static str,
}

pub(crate) fn generate(random: &mut Random, count: u64) -> String {
    let mut generated = Generated {
        code: String::new(),
        table: String::new(),
        mounts: String::new(),
        routes: 0,
    };
    let mut base = 0;
    while generated.routes < count {
        list(random, base, &mut generated);
        base += 1;
    }
    let Generated {
        code,
        table,
        mounts,
        ..
    } = generated;
    format!(
        "{code}\n\
         pub fn mount(rocket: rocket::Rocket<rocket::Build>) -> rocket::Rocket<rocket::Build> {{\n\
         let mut rocket = rocket;\n{mounts}rocket\n}}\n\
         pub static WRITTEN: &[Written] = &[\n{table}];\n"
    )
}

fn list(random: &mut Random, base: usize, generated: &mut Generated) {
    let requirements = |random: &mut Random| {
        let attributes = attributes::requirements(random, Place::List);
        let inner = attributes
            .iter()
            .map(|attribute| format!("#![{attribute}]"));
        inner.collect::<Vec<_>>()
    };
    let mut list = List {
        base,
        attributes: Vec::new(),
        takes_public: true,
        handlers: Vec::new(),
    };
    let open = match random.below(6) {
        0 | 1 => "auth_runtime::routes![ @ ]".to_owned(),
        2 | 3 => {
            list.attributes = requirements(random);
            list.takes_public = false;
            format!("auth_runtime::routes![ {} @ ]", list.attributes.join(" "))
        }
        4 => {
            let outer = requirements(random);
            let inner = if random.one_in(2) {
                requirements(random)
            } else {
                Vec::new()
            };
            list.takes_public = inner.is_empty();
            let open = format!(
                "auth_runtime::protect![ {} auth_runtime::routes![ {} @ ] ]",
                outer.join(" "),
                inner.join(" ")
            );
            list.attributes = [outer, inner].concat();
            open
        }
        _ => {
            list.attributes = if random.one_in(4) {
                vec!["#![public]".to_owned()]
            } else {
                requirements(random)
            };
            format!(
                "auth_runtime::protect![ {} rocket::routes![ @ ] ]",
                list.attributes.join(" ")
            )
        }
    };
    let is_plain = open.contains("rocket::routes!");
    let _ = writeln!(generated.code, "pub mod list_{base} {{ {IMPORTS}");
    for _ in 0..=random.below(5) {
        let around = Around {
            path: format!("list_{base}"),
            ..Around::default()
        };
        if is_plain {
            plain_route(random, &mut list, generated);
        } else if random.one_in(3) {
            module(random, &around, &mut list, generated, 2);
        } else {
            route(random, &around, &mut list, generated);
        }
    }
    generated.code += "}\n";
    let comma = if random.one_in(2) { "," } else { "" };
    let handlers = format!("{}{comma}", list.handlers.join(", "));
    let _ = writeln!(
        generated.mounts,
        "rocket = rocket.mount(\"/{base}\", {});",
        open.replace('@', &handlers)
    );
}

fn module(
    random: &mut Random,
    outside: &Around,
    list: &mut List,
    generated: &mut Generated,
    depth: usize,
) {
    let name = format!("m{}", generated.routes);
    let mut around = outside.clone();
    around.path = format!("{}::{name}", outside.path);
    let attributes = if outside.is_public {
        Vec::new()
    } else if list.takes_public && outside.attributes.is_empty() && random.one_in(6) {
        around.is_public = true;
        vec!["public".to_owned()]
    } else {
        attributes::requirements(random, Place::Module)
    };
    let written: Vec<_> = attributes
        .iter()
        .map(|attribute| attributes::written(random, attribute, false))
        .collect();
    let _ = writeln!(
        generated.code,
        "{} pub mod {name} {{ {IMPORTS}",
        written.join(" ")
    );
    around.attributes.extend(written);
    for _ in 0..=random.below(3) {
        if depth > 0 && random.one_in(4) {
            module(random, &around, list, generated, depth - 1);
        } else {
            route(random, &around, list, generated);
        }
    }
    generated.code += "}\n";
}

fn route(random: &mut Random, around: &Around, list: &mut List, generated: &mut Generated) {
    let name = format!("r{}", generated.routes);
    let form = form(random, &name);
    let is_in_module = !around.attributes.is_empty();
    let is_public = around.is_public || (list.takes_public && random.one_in(6));
    let own = if is_public {
        // The module says it, unless there is none or it requires something.
        let says = !around.is_public || random.one_in(2);
        says.then(|| "public".to_owned()).into_iter().collect()
    } else if is_in_module && random.one_in(2) {
        Vec::new()
    } else {
        let place = Place::Route {
            has_id: form.has_id,
        };
        attributes::requirements(random, place)
    };
    let mut own: Vec<_> = own
        .iter()
        .map(|attribute| attributes::written(random, attribute, true))
        .collect();
    if random.one_in(6) {
        own.insert(0, attributes::removed(random));
    }
    let is_guarded = !is_public
        || list
            .attributes
            .iter()
            .any(|attribute| attribute != "#![public]");
    let parameters = parameters(random, &form, &name, is_guarded && !is_public);
    let function = format!(
        "pub {}fn {name}({parameters}) -> &'static str {{ \"{name}\" }}",
        random.pick(&["", "async "])
    );
    // The attributes of a module do not reach what a macro makes.
    let macro_name = if is_in_module {
        None
    } else {
        random.pick(&[None, None, Some("tokens"), Some("fragments")])
    };
    let attributes = format!("{} #[{}]", own.join(" "), form.attribute);
    let code = match macro_name {
        // Rocket does not find a query parameter whose type is a fragment.
        Some("fragments")
            if !form.attribute.contains('?')
                && own.iter().all(|attribute| !attribute.contains("cfg_attr")) =>
        {
            format!(
                "crate::fragments! {{ {attributes} pub {name}({}) -> &'static str; {{ \"{name}\" }} }}",
                parameters.trim_end_matches(',')
            )
        }
        Some(_) => format!("crate::tokens! {{ {attributes} {function} }}"),
        None => format!("{attributes} {function}"),
    };
    let _ = writeln!(generated.code, "{code}");
    list.handlers.push(format!("{}::{name}", around.path));
    row(&name, &form, list, &around.attributes, &own, generated);
}

/// A handler without any attribute of ours.
fn plain_route(random: &mut Random, list: &mut List, generated: &mut Generated) {
    let name = format!("r{}", generated.routes);
    let form = form(random, &name);
    let parameters = parameters(random, &form, &name, false);
    let _ = writeln!(
        generated.code,
        "#[{}] pub fn {name}({parameters}) -> &'static str {{ \"{name}\" }}",
        form.attribute
    );
    list.handlers.push(format!("list_{}::{name}", list.base));
    row(&name, &form, list, &[], &[], generated);
}

/// Everything that is written about a route, and how to call it.
fn row(
    name: &str,
    form: &Form,
    list: &List,
    modules: &[String],
    own: &[String],
    generated: &mut Generated,
) {
    let Form {
        method,
        path,
        has_id,
        body,
        ..
    } = form;
    let base = list.base;
    let of_list = &list.attributes;
    let _ = writeln!(
        generated.table,
        "Written {{ name: {name:?}, method: rocket::http::Method::{method}, uri: \"/{base}{path}\", \
         has_id: {has_id}, body: {body:?}, list: &{of_list:?}, modules: &{modules:?}, own: &{own:?} }},"
    );
    generated.routes += 1;
}

fn parameters(random: &mut Random, form: &Form, name: &str, is_guarded: bool) -> String {
    let mut parameters: Vec<String> = form.parameters.iter().map(|&it| it.to_owned()).collect();
    if is_guarded {
        let guard = match random.below(6) {
            0 => Some("_token: &AccessToken".to_owned()),
            1 => Some("_caller: OptionalToken<'_>".to_owned()),
            2 => Some(format!("_proof: Authorized<{name}>")),
            3 => Some("_guard: Option<crate::Optional>".to_owned()),
            _ => None,
        };
        let index = random.below(parameters.len() + 1);
        if let Some(guard) = guard {
            parameters.insert(index, guard);
        }
    }
    let comma = if !parameters.is_empty() && random.one_in(4) {
        ","
    } else {
        ""
    };
    format!("{}{comma}", parameters.join(", "))
}

fn form(random: &mut Random, name: &str) -> Form {
    let simple = [
        ("get", "Get"),
        ("put", "Put"),
        ("post", "Post"),
        ("delete", "Delete"),
        ("options", "Options"),
        ("head", "Head"),
        ("patch", "Patch"),
    ];
    let (attribute, method) = random.pick(&simple);
    let mut form = Form {
        attribute: format!("{attribute}(\"/{name}\")"),
        parameters: Vec::new(),
        method,
        path: format!("/{name}"),
        has_id: false,
        body: "",
    };
    match random.below(12) {
        0 => form.attribute = format!("{attribute}(\"/{name}\", rank = 2)"),
        1 => form.attribute = format!("route({}, uri = \"/{name}\")", method.to_uppercase()),
        2 => form.attribute = format!("rocket::{attribute}(\"/{name}\")"),
        3..=5 => {
            let parameter = random.pick(&["id: u64", "id: &str", "id: String"]);
            form.attribute = format!("{attribute}(\"/{name}/<id>\")");
            form.parameters = vec![parameter];
            form.path = format!("/{name}/{{id}}");
            form.has_id = true;
        }
        6 => {
            form.attribute = format!("{attribute}(\"/{name}/<_rest..>\")");
            form.parameters = vec!["_rest: std::path::PathBuf"];
            form.path = format!("/{name}/x/y");
        }
        7 => {
            form.attribute = format!("{attribute}(\"/{name}?<q>&fixed\")");
            form.parameters = vec!["q: Option<&str>"];
            form.path = format!("/{name}?fixed&q=1");
        }
        8 => {
            form.attribute = format!("post(\"/{name}\", data = \"<body>\")");
            form.parameters = vec!["body: String"];
            form.method = "Post";
            form.body = "text";
        }
        9 => {
            form.attribute =
                format!("put(\"/{name}/<id>\", format = \"json\", data = \"<_body>\")");
            form.parameters = vec!["id: &str", "_body: &str"];
            form.path = format!("/{name}/{{id}}");
            form.method = "Put";
            form.has_id = true;
            form.body = "{}";
        }
        _ => {}
    }
    form
}
