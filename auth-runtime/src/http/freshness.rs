//! Reads the headers of an answer that concern time: how long it is fresh, and when to ask again.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{AGE, CACHE_CONTROL, HeaderMap, RETRY_AFTER};

/// Returns how long the answer may be kept from now on: `max-age` (RFC 9111 §5.2.2.1) minus `Age`
/// (§5.1).
///
/// Returns `None` if the answer does not have a lifetime, forbids keeping it (`no-store`,
/// `no-cache`), or has a lifetime that cannot be read.
pub(crate) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let mut max_age = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().ok()?.split(',').map(str::trim) {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
                return None;
            }
            if name.eq_ignore_ascii_case("max-age") {
                max_age = Some(seconds(argument.trim_matches('"'))?);
            }
        }
    }
    let ages = headers.get_all(AGE).iter();
    let age = ages.filter_map(|age| seconds(age.to_str().ok()?)).max();
    max_age.map(|max_age| max_age.saturating_sub(age.unwrap_or_default()))
}

/// Returns how long an overloaded server asks us to wait (RFC 9110 §10.2.3), in seconds or until a
/// date. Only answers with 429 and 503 count.
pub(crate) fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if ![
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ]
    .contains(&status)
    {
        return None;
    }
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    seconds(text).or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?;
        date.duration_since(SystemTime::now()).ok()
    })
}

/// Parses a number of seconds (RFC 9111 §1.2.2). A number that overflows is very large, not invalid.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    fn age(values: &[&'static str]) -> Option<u64> {
        let lines: Vec<_> = values.iter().map(|value| (CACHE_CONTROL, *value)).collect();
        max_age(&headers(&lines)).map(|age| age.as_secs())
    }

    #[test]
    fn max_age_is_read_from_any_directive() {
        assert_eq!(age(&["public, max-age=60"]), Some(60));
        assert_eq!(age(&["public", "Max-Age=\"60\""]), Some(60));
        assert_eq!(age(&["max-age=0"]), Some(0));
    }

    #[test]
    fn an_overflowing_max_age_is_very_long() {
        for value in [
            "max-age=18446744073709551616",
            "max-age=99999999999999999999999999",
        ] {
            assert_eq!(age(&[value]), Some(u64::MAX), "{value}");
        }
    }

    #[test]
    fn no_store_and_an_unreadable_max_age_give_no_lifetime() {
        for value in [
            "max-age",
            "max-age=x",
            "max-age=-1",
            "max-age=+1",
            "max-age=1.5",
            "no-store, max-age=60",
            "max-age=60, no-cache",
            "s-maxage=1",
        ] {
            assert_eq!(age(&[value]), None, "{value}");
        }
        assert_eq!(age(&[]), None);
    }

    #[test]
    fn the_age_of_an_answer_is_subtracted() {
        let with_ages = |ages: &[&'static str]| {
            let mut lines = vec![(CACHE_CONTROL, "max-age=60")];
            lines.extend(ages.iter().map(|age| (AGE, *age)));
            max_age(&headers(&lines)).map(|age| age.as_secs())
        };
        assert_eq!(with_ages(&["20"]), Some(40));
        assert_eq!(with_ages(&["20", "30"]), Some(30));
        assert_eq!(with_ages(&["61"]), Some(0));
        assert_eq!(with_ages(&["99999999999999999999"]), Some(0));
        for nonsense in ["", "x", "-1"] {
            assert_eq!(with_ages(&[nonsense]), Some(60), "{nonsense}");
        }
    }

    #[test]
    fn retry_after_is_read_from_an_overloaded_server() {
        let after = |status, value| {
            let status = StatusCode::from_u16(status).unwrap();
            retry_after(status, &headers(&[(RETRY_AFTER, value)])).map(|after| after.as_secs())
        };
        assert_eq!(after(429, "7"), Some(7));
        assert_eq!(after(503, " 0 "), Some(0));
        assert_eq!(after(503, "99999999999999999999"), Some(u64::MAX));
        assert_eq!(after(503, "soon"), None);
        assert_eq!(after(500, "7"), None);
        assert_eq!(after(503, "Thu, 01 Jan 1970 00:00:00 GMT"), None);
        let later = after(503, "Fri, 31 Dec 9999 23:59:59 GMT").unwrap();
        assert!(later > 200 * 365 * 24 * 3600, "{later}");
    }
}
