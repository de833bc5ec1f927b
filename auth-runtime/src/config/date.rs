//! Reads points in time.

use std::time::{Duration, SystemTime};

use rocket::figment::value::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The name under which TOML's own dates and times reach a deserializer.
const TOML_DATETIME: &str = "$__toml_private_datetime";

/// Reads a point in time in the format of RFC 3339. A date means the end of that day in UTC.
pub(super) fn instant(value: &Value) -> Result<SystemTime, String> {
    // A date in Rocket.toml may be without quotes.
    let text = match value {
        Value::Dict(_, table) => table.get(TOML_DATETIME).and_then(Value::as_str),
        value => value.as_str(),
    };
    text.and_then(parse).ok_or_else(|| {
        "it must be a date or a time by RFC 3339, such as \"2030-12-31\" or \
         \"2030-12-31T18:00:00Z\""
            .to_owned()
    })
}

fn parse(text: &str) -> Option<SystemTime> {
    let parse = |text: &str| {
        OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .map(SystemTime::from)
    };
    match text.len() {
        10 => parse(&format!("{text}T00:00:00Z"))?.checked_add(DAY),
        _ => parse(text),
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_date_means_the_end_of_that_day_in_utc() {
        let seconds = |text: &str| {
            let instant = instant(&Value::from(text)).unwrap();
            instant.duration_since(UNIX_EPOCH).unwrap().as_secs()
        };
        assert_eq!(seconds("1970-01-01"), 86_400);
        assert_eq!(seconds("2024-02-29"), 1_709_251_200);
        assert_eq!(seconds("2024-02-29T00:00:00Z"), 1_709_164_800);
        assert_eq!(seconds("2024-02-29T00:00:00.5+01:00"), 1_709_161_200);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "2023-02-29",
            "2024-13-01",
            "24-01-01",
            "2024-01-01T00:00:00",
            "2024-1-1",
            "tomorrow",
            "2024-W01-1",
            "0000000000",
            "äääää",
        ] {
            assert!(instant(&Value::from(text)).is_err(), "{text}");
        }
        assert!(instant(&Value::from(1)).is_err());
    }
}
