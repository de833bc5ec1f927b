//! Parses and normalises the URL that a proof is for (RFC 3986).
//!
//! URL parsers of browsers accept more spellings, such as tabs, backslashes or `127.1`, which other
//! programs read as different URLs. This parser refuses them.

use std::fmt::Write as _;

/// An `http` or `https` URL without query and fragment. It is in normal form (RFC 3986 §6.2.2,
/// §6.2.3), so that equal URLs have equal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(String);

/// The reason why a text is not a URL by RFC 3986.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTarget {
    #[error("it does not start with `https://` or `http://`")]
    Scheme,
    #[error("its host is missing or has characters that a host cannot have")]
    Host,
    #[error("its port is not a number up to 65535")]
    Port,
    #[error("it has user info")]
    UserInfo,
    #[error("it has a character that a URL cannot have")]
    Character,
    #[error("it has a `%` without two hexadecimal digits")]
    Percent,
}

/// The parts of a URL before its path, in normal form.
struct Authority<'a> {
    scheme: &'static str,
    host: String,
    port: Option<u16>,
    /// The text after the authority.
    rest: &'a str,
}

impl Target {
    /// Parses a URL. The query and the fragment are dropped.
    ///
    /// # Errors
    /// Fails if the text is not an `http` or `https` URL by RFC 3986, or has user info.
    pub(crate) fn parse(url: &str) -> Result<Self, InvalidTarget> {
        let authority = Authority::parse(url)?;
        let path = without_query(authority.rest)?;
        Ok(Self::join(&authority, &normal_path(path)?))
    }

    /// Returns the URL of a path below this one, joined by exactly one slash. The path is that of a
    /// request.
    ///
    /// # Errors
    /// Fails if the path has a character that the path of a URL cannot have.
    pub(crate) fn below(&self, path: &str) -> Result<Self, InvalidTarget> {
        let base = self.0.strip_suffix('/').unwrap_or(&self.0);
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = without_query(path)?;
        // The path is not normalised before it is joined, because a `..` may lead out of the base in
        // the client's URL as well.
        Self::parse(&format!("{base}/{path}"))
    }

    /// Returns whether this is plainly the [URL of the path below this one](Self::below): whether the
    /// URL and the path are written in normal form and match. Most requests are, and their URLs need
    /// not be parsed.
    pub(crate) fn is_plainly(&self, url: &str, path: &str) -> bool {
        let base = self.0.strip_suffix('/').unwrap_or(&self.0);
        let path = path.strip_prefix('/').unwrap_or(path);
        let own = url.strip_prefix(base);
        own.and_then(|own| own.strip_prefix('/')) == Some(path) && is_normal_path(path)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path, which starts with a slash.
    pub(crate) fn path(&self) -> &str {
        let authority = self.0.find("://").map_or(0, |scheme| scheme + 3);
        let after = self.0.get(authority..).unwrap_or_default();
        after
            .find('/')
            .and_then(|start| after.get(start..))
            .unwrap_or("/")
    }

    /// Returns whether the host is this machine: `localhost` or a loopback address.
    pub(crate) fn is_loopback(&self) -> bool {
        let Ok(authority) = Authority::parse(&self.0) else {
            return false;
        };
        let host = &*authority.host;
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || address
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    fn join(authority: &Authority<'_>, path: &str) -> Self {
        let Authority { scheme, host, .. } = authority;
        let mut url = format!("{scheme}://{host}");
        if let Some(port) = authority.port {
            // Writing to a string does not fail.
            let _ = write!(url, ":{port}");
        }
        url.push_str(path);
        Self(url)
    }
}

impl<'a> Authority<'a> {
    fn parse(url: &'a str) -> Result<Self, InvalidTarget> {
        let (scheme, rest) = url.split_once("://").ok_or(InvalidTarget::Scheme)?;
        let (scheme, default_port) = if scheme.eq_ignore_ascii_case("https") {
            ("https", 443)
        } else if scheme.eq_ignore_ascii_case("http") {
            ("http", 80)
        } else {
            return Err(InvalidTarget::Scheme);
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        if authority.contains('@') {
            return Err(InvalidTarget::UserInfo);
        }
        let (host, port) = split_port(authority);
        Ok(Self {
            scheme,
            host: normal_host(host)?,
            port: parse_port(port)?.filter(|port| *port != default_port),
            rest,
        })
    }
}

/// Splits `host:port`. The colons of an IPv6 address are within brackets.
fn split_port(authority: &str) -> (&str, &str) {
    let from = authority.rfind(']').unwrap_or_default();
    let colon = authority.get(from..).and_then(|tail| tail.find(':'));
    match colon.and_then(|colon| authority.split_at_checked(from + colon)) {
        Some((host, port)) => (host, port.get(1..).unwrap_or_default()),
        None => (authority, ""),
    }
}

/// Parses a port. An empty one means the default (RFC 3986 §3.2.3).
fn parse_port(port: &str) -> Result<Option<u16>, InvalidTarget> {
    if port.is_empty() {
        return Ok(None);
    }
    // `parse` would accept a sign.
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidTarget::Port);
    }
    port.parse().map(Some).map_err(|_| InvalidTarget::Port)
}

fn normal_host(host: &str) -> Result<String, InvalidTarget> {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').ok_or(InvalidTarget::Host)?;
        let address: std::net::Ipv6Addr = address.parse().map_err(|_| InvalidTarget::Host)?;
        return Ok(format!("[{address}]"));
    }
    let is_allowed = |byte: u8| is_unreserved(byte) || is_sub_delimiter(byte);
    let mut host = normal_text(host, is_allowed).map_err(|error| match error {
        InvalidTarget::Character => InvalidTarget::Host,
        other => other,
    })?;
    if host.is_empty() {
        return Err(InvalidTarget::Host);
    }
    lower_outside_percents(&mut host);
    if ends_in_number(&host) && host.parse::<std::net::Ipv4Addr>().is_err() {
        return Err(InvalidTarget::Host);
    }
    Ok(host)
}

/// Returns whether browsers would read the name as an IPv4 address. RFC 3986 treats most of those
/// spellings as names.
fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
        || last.strip_prefix("0x").is_some_and(is_hexadecimal)
}

/// Writes a host in lower case and its percent-encoded bytes in upper case, because hosts are
/// compared without case.
fn lower_outside_percents(host: &mut String) {
    let mut digits_left = 0;
    *host = host
        .chars()
        .map(|character| {
            if character == '%' {
                digits_left = 2;
                character
            } else if digits_left > 0 {
                digits_left -= 1;
                character
            } else {
                character.to_ascii_lowercase()
            }
        })
        .collect();
}

/// Cuts off query and fragment, which are not compared. They must not contain characters that parsers
/// treat differently.
fn without_query(rest: &str) -> Result<&str, InvalidTarget> {
    let (path, query) = match rest.find(['?', '#']) {
        Some(start) => rest.split_at(start),
        None => (rest, ""),
    };
    let is_odd = |byte: u8| !byte.is_ascii_graphic() || byte == b'\\';
    if query.bytes().any(is_odd) {
        return Err(InvalidTarget::Character);
    }
    Ok(path)
}

fn normal_path(path: &str) -> Result<String, InvalidTarget> {
    Ok(without_dot_segments(&normal_text(path, is_path_byte)?))
}

/// Returns whether the path is its own normal form, because it has neither percent-encoded bytes nor
/// dot segments.
fn is_normal_path(path: &str) -> bool {
    let is_dots = |segment| matches!(segment, "." | "..");
    path.bytes().all(is_path_byte) && !path.split('/').any(is_dots)
}

/// Returns whether the path of a URL can have this byte without an encoding.
fn is_path_byte(byte: u8) -> bool {
    is_unreserved(byte) || is_sub_delimiter(byte) || b":@/".contains(&byte)
}

/// Decodes percent-encoded bytes that need no encoding, and writes the others in upper case
/// (RFC 3986 §6.2.2.1, §6.2.2.2).
fn normal_text(text: &str, is_allowed: impl Fn(u8) -> bool) -> Result<String, InvalidTarget> {
    let mut normal = String::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            if !is_allowed(byte) {
                return Err(InvalidTarget::Character);
            }
            normal.push(char::from(byte));
            continue;
        }
        let mut digit = || {
            let digit = char::from(bytes.next()?).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(InvalidTarget::Percent);
        };
        let decoded = high << 4 | low;
        if is_unreserved(decoded) {
            normal.push(char::from(decoded));
        } else {
            let _ = write!(normal, "%{decoded:02X}");
        }
    }
    Ok(normal)
}

/// Removes dot segments (RFC 3986 §5.2.4) from a path that is empty or starts with a slash.
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            ".." => {
                kept.pop();
            }
            "." => {}
            segment => {
                kept.push(segment);
                continue;
            }
        }
        // A dot segment at the end names a directory, so the path ends with a slash.
        if is_last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

/// Returns whether the character is unreserved (RFC 3986 §2.3).
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Returns whether the character is a sub-delimiter (RFC 3986 §2.2).
fn is_sub_delimiter(byte: u8) -> bool {
    b"!$&'()*+,;=".contains(&byte)
}

#[cfg(test)]
mod tests;
