//! Lets only a browser on this machine see the console, and no page of another site in that browser.
//!
//! The address of the socket keeps out other machines. `Host` keeps out a page whose name resolves to
//! this machine (DNS rebinding). A tunnel connects from this machine, so the headers of proxies keep out
//! one that adds them. `Sec-Fetch-Site` and `Origin` keep out the pages of other sites, which the browser
//! of the developer may have open.

use std::net::IpAddr;

use rocket::http::{HeaderMap, Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Orbit, Request, Rocket};

/// Proof that a request for the page comes from this machine. The page itself says nothing about the
/// application, so that a link of another site may lead to it.
pub(super) struct FromThisMachine(());

/// Proof that a request comes from this machine, and from the page of the console or no page at all. It
/// gives access to the application.
pub(super) struct FromConsole<'r>(&'r Rocket<Orbit>);

impl<'r> FromConsole<'r> {
    pub(super) fn rocket(self) -> &'r Rocket<Orbit> {
        self.0
    }
}

/// What the gate sees of a request.
#[derive(Clone, Copy, Debug)]
struct Visitor<'r> {
    /// The other end of the socket. No header can change it.
    peer: Option<IpAddr>,
    /// The host that Rocket found. In HTTP/2 it is not a header.
    host: Option<&'r str>,
    is_safe_method: bool,
    headers: &'r HeaderMap<'r>,
}

impl Visitor<'_> {
    fn is_on_this_machine(&self) -> bool {
        let is_local_peer = self
            .peer
            .is_some_and(|peer| peer.to_canonical().is_loopback());
        let is_local_host = |host: &str| host_name(host).is_some_and(is_loopback_name);
        is_local_peer
            && self.host.is_some_and(is_local_host)
            && self.headers.get("Host").all(is_local_host)
            && !self
                .headers
                .iter()
                .any(|header| is_added_by_proxies(header.name().as_str()))
    }

    /// Returns whether the request does not come from another site. Current browsers send
    /// `Sec-Fetch-Site`, all browsers send `Origin` with a request that can change something, and other
    /// programs send neither.
    fn is_same_origin(&self) -> bool {
        let mut sites = self.headers.get("Sec-Fetch-Site");
        let mut origins = self.headers.get("Origin");
        sites.all(|site| site == "same-origin" || (site == "none" && self.is_safe_method))
            && origins.all(|origin| self.is_own_origin(origin))
    }

    fn is_own_origin(&self, origin: &str) -> bool {
        let rest = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        let host = self.headers.get_one("Host").or(self.host);
        rest.is_some_and(|rest| host.is_some_and(|host| host.eq_ignore_ascii_case(rest)))
    }

    /// Returns whether the user opens the page in a tab, as opposed to a page that loads it into itself.
    fn is_navigation(&self) -> bool {
        let is = |name, value| self.headers.get(name).eq([value]);
        self.is_safe_method
            && is("Sec-Fetch-Mode", "navigate")
            && is("Sec-Fetch-Dest", "document")
            && !self.headers.contains("Origin")
    }

    fn may_open_page(&self) -> bool {
        self.is_on_this_machine() && (self.is_same_origin() || self.is_navigation())
    }

    fn may_use_console(&self) -> bool {
        self.is_on_this_machine() && self.is_same_origin()
    }
}

/// Returns the name in a host, without the port.
fn host_name(host: &str) -> Option<&str> {
    if host.starts_with('[') {
        let (name, port) = host.split_at(host.find(']')? + 1);
        return is_port(port).then_some(name);
    }
    match host.split_once(':') {
        Some((name, port)) => port
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(name),
        None => Some(host),
    }
}

/// Returns whether this is what may follow an IPv6 address.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_loopback_name(name: &str) -> bool {
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    let is_loopback = |address: IpAddr| address.is_loopback();
    name.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(is_loopback)
}

/// Returns whether proxies and tunnels add a header of this name.
fn is_added_by_proxies(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded")
}

fn admit<T>(
    request: &Request<'_>,
    may_pass: impl FnOnce(Visitor<'_>) -> bool,
    proof: T,
) -> Outcome<T, ()> {
    let host = request.host().map(ToString::to_string);
    let visitor = Visitor {
        peer: request.remote().map(|address| address.ip()),
        host: host.as_deref(),
        is_safe_method: request.method() == Method::Get,
        headers: request.headers(),
    };
    if may_pass(visitor) {
        request.local_cache(|| Admitted(true));
        Outcome::Success(proof)
    } else {
        // As if there were no such route: another one may answer.
        Outcome::Forward(Status::NotFound)
    }
}

/// Kept with a request that a gate has admitted.
struct Admitted(bool);

pub(super) fn has_admitted(request: &Request<'_>) -> bool {
    let Admitted(is_admitted) = request.local_cache(|| Admitted(false));
    *is_admitted
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for FromThisMachine {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        admit(request, |visitor| visitor.may_open_page(), Self(()))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for FromConsole<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let proof = Self(request.rocket());
        admit(request, |visitor| visitor.may_use_console(), proof)
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
