//! Renders the pages that users of the issuer see. They are plain HTML without scripts.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rocket::Request;
use rocket::http::{Header, Status};
use rocket::response::content::RawHtml;
use rocket::response::{self, Responder, Response};
use url::{Host, Url};

use super::LocalUser;

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0;display:grid;min-height:100vh;place-items:center}\
main{width:min(24rem,90vw);padding:2rem 0}\
h1{font-size:1.4rem;margin:0 0 .5rem}\
button,input{font:inherit;width:100%;padding:.7rem 1rem;margin:.25rem 0;border-radius:.5rem;\
border:1px solid color-mix(in srgb,currentColor 30%,transparent);background:none;color:inherit;\
text-align:left;box-sizing:border-box}\
button{cursor:pointer}\
button:hover,button:focus-visible{border-color:currentColor}\
small{display:block;opacity:.7}\
.note{opacity:.7;font-size:.875rem}";

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    status: Status,
    title: &'static str,
    /// HTML.
    body: String,
    /// Where its forms may lead, beside the issuer itself.
    form_action: Option<String>,
}

impl Page {
    /// Creates the page on which the user chooses who logs in. The form also sends `fields`.
    pub(super) fn login<'a>(
        action: &str,
        intro: &str,
        fields: impl Iterator<Item = (&'a str, &'a str)>,
        users: &[LocalUser],
        redirect_uri: Option<&Url>,
    ) -> Self {
        let fields: Vec<_> = fields.map(|(name, value)| hidden(name, value)).collect();
        let users: Vec<_> = users.iter().map(button).collect();
        let body = format!(
            "<p>{intro}</p><form method=\"post\" action=\"{action}\">{}{}</form>",
            fields.concat(),
            users.concat()
        );
        Self {
            status: Status::Ok,
            title: "Log in",
            body,
            form_action: redirect_uri.map(source),
        }
    }

    /// Creates the page on which the user types the code that a device shows.
    pub(super) fn user_code() -> Self {
        Self {
            status: Status::Ok,
            title: "Connect a device",
            body: "<form action=\"/device\"><label>The code that the device shows\
                   <input name=\"user_code\" autocomplete=\"off\" required></label>\
                   <button>Continue</button></form>"
                .to_owned(),
            form_action: None,
        }
    }

    /// Creates a page with a message.
    pub(super) fn message(status: Status, title: &'static str, text: &str) -> Self {
        Self {
            status,
            title,
            body: format!("<p>{}</p>", escaped(text)),
            form_action: None,
        }
    }
}

fn hidden(name: &str, value: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
        escaped(name),
        escaped(value)
    )
}

fn button(user: &LocalUser) -> String {
    let subject = escaped(user.subject());
    let name = user.name().map_or_else(|| subject.clone(), escaped);
    format!("<button name=\"user\" value=\"{subject}\">{name}<small>{subject}</small></button>")
}

/// Escapes text for HTML, including the values of attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// Writes a redirect URI as a source of a Content-Security-Policy. Browsers also apply `form-action` to
/// the redirect that follows a form. A policy cannot name an IPv6 address.
fn source(uri: &Url) -> String {
    match (uri.scheme(), uri.host()) {
        ("http" | "https", Some(Host::Domain(_) | Host::Ipv4(_))) => {
            uri.origin().ascii_serialization()
        }
        (scheme, _) => format!("{scheme}:"),
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let Self { title, body, .. } = self;
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
             <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}\
             <p class=\"note\">This is a local issuer for development. Anyone can log in as anyone.</p>\
             </main></body></html>"
        );
        let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        let form_action = self.form_action.unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self' {form_action}; \
             frame-ancestors 'none'; base-uri 'none'"
        );
        let mut response = (self.status, RawHtml(html)).respond_to(request)?;
        for (name, value) in [
            ("Content-Security-Policy", policy.as_str()),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        ] {
            response.set_header(Header::new(name, value.to_owned()));
        }
        Ok(response)
    }
}

/// A redirect to a URI with these parameters in its query.
#[derive(Debug)]
pub(super) struct Redirect(String);

impl Redirect {
    pub(super) fn new(mut uri: Url, params: &[(&str, Option<&str>)]) -> Self {
        for (name, value) in params {
            if let Some(value) = value {
                uri.query_pairs_mut().append_pair(name, value);
            }
        }
        Self(uri.into())
    }
}

impl<'r> Responder<'r, 'static> for Redirect {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .status(Status::SeeOther)
            .header(Header::new("Location", self.0))
            .header(Header::new("Cache-Control", "no-store"))
            .header(Header::new("Referrer-Policy", "no-referrer"))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_or_a_user_is_called_is_text() {
        let user = LocalUser::new("\"><script>").with_name("<b>&'");
        let fields = [("state", "\"><script>alert(1)</script>")];
        let page = Page::login("/authorize", "", fields.into_iter(), &[user], None);
        assert!(!page.body.contains("<script"), "{}", page.body);
        assert!(!page.body.contains("<b>"), "{}", page.body);
        assert!(page.body.contains("&lt;b&gt;&amp;&#39;"), "{}", page.body);
    }

    #[test]
    fn a_form_may_lead_to_the_redirect_uri_and_nowhere_else() {
        for (uri, expected) in [
            ("https://app.test/cb?x=1", "https://app.test"),
            ("http://127.0.0.1:3000/cb", "http://127.0.0.1:3000"),
            ("http://[::1]:3000/cb", "http:"),
            ("com.app:/cb", "com.app:"),
        ] {
            assert_eq!(source(&Url::parse(uri).unwrap()), expected);
        }
    }
}
