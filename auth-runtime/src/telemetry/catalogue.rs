//! Lists every metric with its unit and its description. docs/operating.md repeats this table.

/// A metric as operators see it.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "metrics"),
    expect(dead_code, reason = "only the feature `metrics` reads the fields")
)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    pub(super) description: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Count,
    Seconds,
    Bytes,
}

/// Declares the metrics, and `ALL`, the list of them.
macro_rules! catalogue {
    ($($id:ident = ($name:literal, $kind:ident, $unit:ident, $description:literal);)+) => {
        $(
            pub(super) static $id: Metric = Metric {
                name: $name,
                kind: Kind::$kind,
                unit: Unit::$unit,
                description: $description,
            };
        )+

        #[cfg(any(feature = "metrics", test))]
        pub(super) static ALL: &[&Metric] = &[$(&$id),+];
    };
}

catalogue! {
    TOKENS = ("auth_tokens_total", Counter, Count,
        "Tokens in requests, by outcome, code of the reply, and source.");
    DECISIONS = ("auth_decisions_total", Counter, Count,
        "Decisions about requests to protected routes, by route and outcome.");
    VERIFY = ("auth_verify_seconds", Histogram, Seconds,
        "Time that it took to verify a token.");
    REPORTS = ("auth_report_only_denials_total", Counter, Count,
        "Report-only requirements that requests did not meet, by route.");
    PROOFS = ("auth_dpop_proofs_total", Counter, Count,
        "DPoP proofs in requests, by outcome.");
    KEY_FETCHES = ("auth_key_fetches_total", Counter, Count,
        "Fetches of key sets, by issuer and outcome.");
    KEYS = ("auth_keys", Gauge, Count,
        "Keys that can verify tokens now, by issuer.");
    KEY_SET_AGE = ("auth_key_set_age_seconds", Gauge, Seconds,
        "Time since the key set was last fetched or confirmed, by issuer.");
    INTROSPECTIONS = ("auth_introspections_total", Counter, Count,
        "Requests to introspection endpoints, by issuer and outcome.");
    INTROSPECTION_TIME = ("auth_introspection_seconds", Histogram, Seconds,
        "Time that a request to an introspection endpoint took, by issuer.");
    STORE_ERRORS = ("auth_store_errors_total", Counter, Count,
        "Operations that the shared store did not perform.");
    REMEMBERED_TOKENS = ("auth_remembered_tokens", Gauge, Count,
        "Verified tokens that are remembered.");
    REMEMBERED_BYTES = ("auth_remembered_bytes", Gauge, Bytes,
        "Memory that remembered tokens take.");
    REVOCATIONS = ("auth_revocations", Gauge, Count,
        "Revocations that this process knows.");
    REVOCATIONS_AGE = ("auth_revocations_age_seconds", Gauge, Seconds,
        "Time since the copy of the shared revocations was last current.");
    SHADOW = ("auth_shadow_tokens_total", Counter, Count,
        "Accepted tokens, by what the shadow configuration would do with them and by client.");
    DROPPED_DECISIONS = ("auth_dropped_decisions_total", Counter, Count,
        "Decisions that did not reach the observers because the observers were too slow.");
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATING: &str = include_str!("../../docs/operating.md");

    #[test]
    fn the_documentation_has_a_row_for_each_metric_and_no_other() {
        let (_, table) = OPERATING
            .split_once("| metric | kind | labels | meaning |\n")
            .unwrap();
        let rows: Vec<_> = table
            .lines()
            .skip(1)
            .take_while(|line| line.starts_with('|'))
            .collect();
        assert_eq!(rows.len(), ALL.len());
        for (row, metric) in rows.iter().zip(ALL) {
            let unit = match metric.unit {
                Unit::Count => String::new(),
                unit => format!(", {unit:?}").to_lowercase(),
            };
            let kind = format!("{:?}", metric.kind).to_lowercase();
            let start = format!("| `{}` | {kind}{unit} | ", metric.name);
            assert!(row.starts_with(&start), "{start}\nis not in\n{row}");
        }
    }

    #[test]
    fn a_name_says_the_kind_and_the_unit() {
        for metric in ALL {
            let ends_with = |end: &str| metric.name.ends_with(end);
            assert_eq!(
                ends_with("_total"),
                metric.kind == Kind::Counter,
                "{metric:?}"
            );
            assert_eq!(
                ends_with("_seconds"),
                metric.unit == Unit::Seconds,
                "{metric:?}"
            );
            assert_eq!(
                ends_with("_bytes"),
                metric.unit == Unit::Bytes,
                "{metric:?}"
            );
        }
    }
}
