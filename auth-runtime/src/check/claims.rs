//! Reads what a token says about itself, although nobody has verified it. Only what a check compares is
//! read, and it is quoted and cut.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::token::{Document, Json, Object, quoted};
use crate::verify::{Jws, MAX_TOKEN_BYTES, header};

/// The parts of a token that a report shows.
#[derive(Debug, Default)]
pub(super) struct Stated {
    /// Whether the header could be read.
    pub(super) has_header: bool,
    /// Whether the claims could be read.
    pub(super) has_claims: bool,
    pub(super) alg: Option<String>,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
    pub(super) issuer: Option<String>,
    /// Unquoted, to find the issuer with this name.
    pub(super) issuer_name: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) authorized_party: Option<String>,
    pub(super) expiry: Option<String>,
    pub(super) not_before: Option<String>,
}

impl Stated {
    /// Reads the parts of the token that can be read.
    pub(super) fn new(token: &str, now: SystemTime) -> Self {
        let mut stated = Self::default();
        let Ok(jws) = Jws::split(token, MAX_TOKEN_BYTES) else {
            return stated;
        };
        if let Ok(text) = jws.header()
            && let Ok(header) = header::parse(&text)
        {
            let header = header.object();
            stated.has_header = true;
            stated.alg = header.get("alg").map(shown);
            stated.kid = header.get("kid").map(shown);
            stated.typ = header.get("typ").map(shown);
        }
        let payload = jws.payload().ok().map(String::from_utf8);
        if let Some(Ok(text)) = payload
            && let Ok(claims) = Document::parse(&text)
        {
            stated.read_claims(claims.object(), now);
        }
        stated
    }

    fn read_claims(&mut self, claims: Object<'_>, now: SystemTime) {
        let claim = |name| claims.get(name).map(shown);
        let time = |name| claims.get(name).map(|value| shown_time(value, now));
        self.has_claims = true;
        self.issuer = claim("iss");
        self.issuer_name = claims.get("iss").and_then(Json::as_str).map(str::to_owned);
        self.audience = claim("aud");
        self.client_id = claim("client_id");
        self.authorized_party = claim("azp");
        self.expiry = time("exp");
        self.not_before = time("nbf");
    }
}

fn shown(value: Json<'_>) -> String {
    const MAX_ITEMS: usize = 10;
    if let Some(text) = value.as_str() {
        return quoted(text).into();
    }
    if let Some(items) = value.as_strings() {
        let items: Vec<_> = items
            .take(MAX_ITEMS)
            .map(|item| quoted(item.as_str()))
            .collect();
        return format!("[{}]", items.join(", "));
    }
    match value.as_f64() {
        Some(number) => number.to_string(),
        None => "neither a string nor a list of strings".to_owned(),
    }
}

/// Writes a time as a date, with its distance from now.
fn shown_time(value: Json<'_>, now: SystemTime) -> String {
    let Some(seconds) = value.as_f64() else {
        return format!("{}, which is not a number", shown(value));
    };
    let duration = Duration::try_from_secs_f64(seconds).ok();
    // `httpdate` knows the years to 9999.
    let is_a_date = duration.filter(|duration| duration.as_secs() < 253_402_300_800);
    let Some(time) = is_a_date.and_then(|duration| UNIX_EPOCH.checked_add(duration)) else {
        return format!("{seconds}, which is not a time in seconds since 1970");
    };
    let date = httpdate::fmt_http_date(time);
    match time.duration_since(now) {
        Ok(left) => format!("{date}, in {} s", left.as_secs()),
        Err(past) => format!("{date}, {} s ago", past.duration().as_secs()),
    }
}
