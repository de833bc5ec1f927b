//! Random handlers, made by macros or not, in modules or not.

use crate::attributes::{self, Place};
use crate::forms::{self, Form};
use crate::random::Random;

/// What every module imports.
pub(crate) const IMPORTS: &str = "#[allow(unused_imports)] use auth_runtime::{AccessToken, Authorized, OptionalToken, public, \
     requires, requires_auth, requires_claim, requires_permission, requires_role, requires_scope}; \
     #[allow(unused_imports)] use rocket::{delete, get, head, options, patch, post, put, route};";

/// A handler, and everything that is written about it.
pub(crate) struct Handler {
    pub(crate) path: String,
    pub(crate) form: Form,
    /// The attributes of the modules around it.
    pub(crate) modules: Vec<String>,
    /// The attributes above it.
    pub(crate) own: Vec<String>,
    pub(crate) is_public: bool,
}

/// Code, and the handlers in it.
#[derive(Default)]
pub(crate) struct Code {
    pub(crate) text: String,
    pub(crate) handlers: Vec<Handler>,
}

impl Code {
    fn push_line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The modules around an item.
#[derive(Clone, Default)]
struct Around {
    path: String,
    attributes: Vec<String>,
    is_public: bool,
}

/// Creates the names of handlers and modules.
pub(crate) struct Names(usize);

impl Names {
    pub(crate) fn new() -> Self {
        Self(0)
    }

    fn next(&mut self, prefix: &str) -> String {
        self.0 += 1;
        format!("{prefix}{}", self.0)
    }
}

/// Adds a handler without any attribute of ours.
pub(crate) fn undeclared(random: &mut Random, path: &str, names: &mut Names, code: &mut Code) {
    let name = names.next("r");
    let form = forms::form(random, &name);
    let parameters = parameters(random, &form, None);
    code.push_line(&format!(
        "#[{}] pub fn {name}({parameters}) -> &'static str {{ \"{name}\" }}",
        form.attribute
    ));
    code.handlers.push(Handler {
        path: format!("{path}::{name}"),
        form,
        modules: Vec::new(),
        own: Vec::new(),
        is_public: false,
    });
}

/// Adds a handler, or a module with some.
pub(crate) fn item(
    random: &mut Random,
    path: &str,
    takes_public: bool,
    names: &mut Names,
    code: &mut Code,
) {
    let around = Around {
        path: path.to_owned(),
        ..Around::default()
    };
    let mut items = Items {
        random,
        takes_public,
        names,
        code,
    };
    if items.random.one_in(3) {
        items.module(&around, 2);
    } else {
        items.handler(&around);
    }
}

struct Items<'a> {
    random: &'a mut Random,
    /// Whether the list takes routes without requirements.
    takes_public: bool,
    names: &'a mut Names,
    code: &'a mut Code,
}

impl Items<'_> {
    fn module(&mut self, outside: &Around, depth: usize) {
        let name = self.names.next("m");
        let mut around = outside.clone();
        around.path = format!("{}::{name}", outside.path);
        let mut written = self.module_attributes(outside, &mut around.is_public);
        let is_from_macro = outside.attributes.is_empty() && self.random.one_in(4);
        if self.random.one_in(6) {
            written.insert(0, attributes::removed(self.random));
        }
        around.attributes.extend(written.iter().cloned());

        let before = std::mem::take(&mut self.code.text);
        for _ in 0..=self.random.below(3) {
            if depth > 0 && self.random.one_in(4) {
                self.module(&around, depth - 1);
            } else {
                self.handler(&around);
            }
        }
        let inside = std::mem::replace(&mut self.code.text, before);
        let module = format!(
            "{} pub mod {name} {{ {IMPORTS} {inside} }}",
            written.join(" ")
        );
        let module = if is_from_macro {
            format!("crate::module! {{ {module} }}")
        } else {
            module
        };
        self.code.push_line(&module);
    }

    fn module_attributes(&mut self, outside: &Around, is_public: &mut bool) -> Vec<String> {
        // A public module cannot contain requirements.
        if outside.is_public {
            return Vec::new();
        }
        let attributes = if self.takes_public && self.random.one_in(6) {
            *is_public = true;
            vec!["public".to_owned()]
        } else if !outside.attributes.is_empty() && self.random.one_in(3) {
            Vec::new()
        } else {
            attributes::requirements(self.random, Place::Module)
        };
        let written = attributes.iter();
        written
            .map(|attribute| attributes::written(self.random, attribute))
            .collect()
    }

    fn handler(&mut self, around: &Around) {
        let name = self.names.next("r");
        let form = forms::form(self.random, &name);
        let is_in_module = !around.attributes.is_empty();
        let is_public = around.is_public || self.takes_public && self.random.one_in(8);
        let own = self.own_attributes(around, &form, is_public);
        let guard = if is_public { None } else { self.guard(&name) };
        let parameters = parameters(self.random, &form, guard);
        let function = format!(
            "pub {}fn {name}({parameters}) -> &'static str {{ \"{name}\" }}",
            self.random.pick(&["", "async "])
        );
        let route = match self.random.below(10) {
            0 => format!("#[cfg_attr(all(), {})]", form.attribute),
            _ => format!("#[{}]", form.attribute),
        };
        let attributes = format!("{} {route}", own.join(" "));
        // In a protected module, a macro call that is an item does not compile.
        let macro_name = if is_in_module {
            None
        } else {
            let names = [None, None, Some("tokens"), Some("fragments")];
            self.random.pick(&names)
        };
        // Rocket does not find a query parameter whose type is a fragment.
        let has_query = form.attribute.contains('?');
        let code = match macro_name {
            Some("fragments") if !has_query => format!(
                "crate::fragments! {{ {attributes} pub {name}({}) -> &'static str; {{ \"{name}\" }} }}",
                parameters.trim_end_matches(',')
            ),
            Some(_) => format!("crate::tokens! {{ {attributes} {function} }}"),
            None => format!("{attributes} {function}"),
        };
        self.code.push_line(&code);
        self.code.handlers.push(Handler {
            path: format!("{}::{name}", around.path),
            form,
            modules: around.attributes.clone(),
            own,
            is_public,
        });
    }

    fn own_attributes(&mut self, around: &Around, form: &Form, is_public: bool) -> Vec<String> {
        let attributes = if is_public {
            // In a public module, the attribute may be repeated.
            let is_written = !around.is_public || self.random.one_in(2);
            is_written
                .then(|| "public".to_owned())
                .into_iter()
                .collect()
        } else if !around.attributes.is_empty() && self.random.one_in(2) {
            Vec::new()
        } else {
            let place = Place::Route {
                has_id: form.has_id,
            };
            attributes::requirements(self.random, place)
        };
        let mut written: Vec<_> = attributes
            .iter()
            .map(|attribute| attributes::written(self.random, attribute))
            .collect();
        if self.random.one_in(6) {
            written.insert(0, attributes::removed(self.random));
        }
        written
    }

    /// Returns a guard that the handler asks for. None of them changes who may call the route.
    fn guard(&mut self, name: &str) -> Option<String> {
        match self.random.below(6) {
            0 => Some("_token: &AccessToken".to_owned()),
            1 => Some("_caller: OptionalToken<'_>".to_owned()),
            2 => Some(format!("_proof: Authorized<{name}>")),
            3 => Some("_guard: Option<crate::RefusesAll>".to_owned()),
            _ => None,
        }
    }
}

fn parameters(random: &mut Random, form: &Form, guard: Option<String>) -> String {
    let mut parameters: Vec<String> = form.parameters.iter().map(|&it| it.to_owned()).collect();
    if let Some(guard) = guard {
        let index = random.below(parameters.len() + 1);
        parameters.insert(index, guard);
    }
    let has_comma = !parameters.is_empty() && random.one_in(4);
    let comma = if has_comma { "," } else { "" };
    format!("{}{comma}", parameters.join(", "))
}
