//! Adds the headers that every reply of the console needs: the page runs only its own files, and no
//! other site can read a reply.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Request, Response};

use super::gate;

/// Allows only the files of the console, nothing inline, and calls to this API. HTML cannot be made from
/// text, not even by mistake.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(&str, &str); 6] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
];

/// Sets the headers of the console's replies, and removes those by which a CORS fairing of the
/// application opens its replies to other sites. A request that the console does not admit gets the reply
/// of an application without a console, headers included.
pub(super) struct ConsoleReplies;

#[rocket::async_trait]
impl Fairing for ConsoleReplies {
    fn info(&self) -> Info {
        Info {
            name: "Replies of the console",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if gate::has_admitted(request) {
            remove_cors(response);
            for (name, value) in HEADERS {
                response.set_header(Header::new(name, value));
            }
        }
    }
}

fn remove_cors(response: &mut Response<'_>) {
    const PREFIX: &str = "Access-Control-";
    let is_cors = |name: &&str| {
        let prefix = name.get(..PREFIX.len());
        prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(PREFIX))
    };
    let headers: Vec<_> = response.headers().iter().collect();
    let names: Vec<_> = headers
        .iter()
        .map(|header| header.name().as_str())
        .collect();
    let cors: Vec<_> = names
        .into_iter()
        .filter(is_cors)
        .map(str::to_owned)
        .collect();
    for name in cors {
        response.remove_header(&name);
    }
}
