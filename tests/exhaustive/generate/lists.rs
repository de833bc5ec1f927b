//! Random lists of routes, each mounted at its own base, and some of them twice.

use std::fmt::Write;

use crate::attributes::{self, Place};
use crate::random::Random;
use crate::routes::{self, Code, Handler, IMPORTS, Names};

/// How a list of handlers is mounted.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `routes![ a, b ]`
    Routes,
    /// `routes![ #![…] a, b ]`
    RoutesUnder,
    /// `protect![ #![…] routes![ a, b ] ]`
    ProtectRoutes,
    /// `protect![ #![…] routes![ #![…] a, b ] ]`
    ProtectRoutesUnder,
    /// `protect![ #![…] rocket::routes![ a, b ] ]`
    ProtectUndeclared,
}

const FORMS: [Form; 8] = [
    Form::Routes,
    Form::Routes,
    Form::Routes,
    Form::RoutesUnder,
    Form::RoutesUnder,
    Form::ProtectRoutes,
    Form::ProtectRoutesUnder,
    Form::ProtectUndeclared,
];

impl Form {
    /// Returns whether a public route in the list compiles.
    fn takes_public(self) -> bool {
        matches!(self, Self::Routes | Self::ProtectRoutes)
    }
}

/// A list: what is in front of its handlers and behind them, and its attributes from the outside in.
struct List {
    open: String,
    close: &'static str,
    attributes: Vec<String>,
}

#[derive(Default)]
struct Generated {
    code: String,
    /// What is written about each route.
    table: String,
    /// The lists with their bases.
    lists: String,
    routes: u64,
    bases: usize,
}

/// Generates at least this many routes.
pub(crate) fn generate(random: &mut Random, count: u64) -> String {
    let mut generated = Generated::default();
    let mut names = Names::new();
    while generated.routes < count {
        generated.list(random, &mut names);
    }
    let Generated {
        code, table, lists, ..
    } = generated;
    format!(
        "{code}\n\
         pub static LISTS: &[(&str, fn() -> Vec<rocket::Route>)] = &[\n{lists}];\n\
         pub static WRITTEN: &[Written] = &[\n{table}];\n"
    )
}

impl Generated {
    fn list(&mut self, random: &mut Random, names: &mut Names) {
        let form = random.pick(&FORMS);
        let module = format!("list_{}", self.bases);
        let mut code = Code::default();
        for _ in 0..=random.below(5) {
            if form == Form::ProtectUndeclared {
                routes::undeclared(random, &module, names, &mut code);
            } else {
                routes::item(random, &module, form.takes_public(), names, &mut code);
            }
        }
        let Code { text, handlers } = code;
        let _ = writeln!(self.code, "pub mod {module} {{ {IMPORTS}\n{text}}}");
        let mut forms = vec![form];
        if random.one_in(5) {
            forms.push(other_form(random, form, &handlers));
        }
        for form in forms {
            let list = list(random, form);
            self.mount(random, &list, &handlers);
        }
    }

    fn mount(&mut self, random: &mut Random, list: &List, handlers: &[Handler]) {
        let base = self.bases;
        self.bases += 1;
        let paths: Vec<_> = handlers.iter().map(|handler| &*handler.path).collect();
        let comma = if random.one_in(2) { "," } else { "" };
        let (open, close) = (&list.open, list.close);
        let _ = writeln!(
            self.lists,
            "(\"/{base}\", || {open} {}{comma} {close}),",
            paths.join(", ")
        );
        for handler in handlers {
            self.row(base, list, handler);
        }
    }

    /// Writes down everything that is written about a route, and how to call it.
    fn row(&mut self, base: usize, list: &List, handler: &Handler) {
        let Handler {
            form, modules, own, ..
        } = handler;
        let list = &list.attributes;
        let (name, method, uri) = (&form.name, form.method, &form.uri);
        let (has_id, body) = (form.has_id, form.body);
        let _ = writeln!(
            self.table,
            "Written {{ name: {name:?}, method: rocket::http::Method::{method}, \
             uri: \"/{base}{uri}\", has_id: {has_id}, body: {body:?}, list: &{list:?}, \
             modules: &{modules:?}, own: &{own:?} }},"
        );
        self.routes += 1;
    }
}

/// Returns another form in which these handlers can be mounted.
fn other_form(random: &mut Random, form: Form, handlers: &[Handler]) -> Form {
    if form == Form::ProtectUndeclared {
        return form;
    }
    let has_public = handlers.iter().any(|handler| handler.is_public);
    loop {
        let other = random.pick(&FORMS);
        if other != Form::ProtectUndeclared && (!has_public || other.takes_public()) {
            return other;
        }
    }
}

fn list(random: &mut Random, form: Form) -> List {
    let requirements = |random: &mut Random| -> Vec<String> {
        let attributes = attributes::requirements(random, Place::List);
        let inner = attributes.iter();
        inner.map(|attribute| format!("#![{attribute}]")).collect()
    };
    let (outer, inner) = match form {
        Form::Routes => (Vec::new(), Vec::new()),
        Form::RoutesUnder => (Vec::new(), requirements(random)),
        Form::ProtectRoutesUnder => (requirements(random), requirements(random)),
        Form::ProtectRoutes | Form::ProtectUndeclared if random.one_in(4) => {
            (vec!["#![public]".to_owned()], Vec::new())
        }
        Form::ProtectRoutes | Form::ProtectUndeclared => (requirements(random), Vec::new()),
    };
    let name = match form {
        Form::ProtectUndeclared => "rocket::routes!",
        _ => "auth_runtime::routes!",
    };
    let (open, close) = match form {
        Form::Routes | Form::RoutesUnder => (format!("{name}[ {}", inner.join(" ")), "]"),
        Form::ProtectRoutes | Form::ProtectRoutesUnder | Form::ProtectUndeclared => (
            format!(
                "auth_runtime::protect![ {} {name}[ {}",
                outer.join(" "),
                inner.join(" ")
            ),
            "] ]",
        ),
    };
    List {
        open,
        close,
        attributes: [outer, inner].concat(),
    }
}
