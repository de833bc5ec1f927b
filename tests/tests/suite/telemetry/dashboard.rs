//! The dashboard and the alert rules name metrics that exist.

use std::collections::BTreeSet;

const OPERATING: &str = include_str!("../../../../docs/operating.md");
const DASHBOARD: &str = include_str!("../../../../docs/grafana-dashboard.json");
const ALERTS: &str = include_str!("../../../../docs/prometheus-alerts.yml");

/// Returns the metrics of the documented table, which a test of the library compares with the code. A
/// histogram has several series.
fn documented() -> BTreeSet<String> {
    let table = OPERATING.split("| metric | kind | labels | meaning |\n");
    let rows = table.last().unwrap().lines().skip(1);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let mut names = BTreeSet::new();
    for row in rows {
        let mut cells = row.split(" | ");
        let name = cells.next().unwrap().trim_matches(['|', ' ', '`']);
        if cells.next().unwrap().starts_with("histogram") {
            names.extend(["bucket", "sum", "count"].map(|series| format!("{name}_{series}")));
        } else {
            names.insert(name.to_owned());
        }
    }
    names
}

fn named(text: &str) -> BTreeSet<String> {
    let words =
        text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words
        .filter(|word| word.starts_with("auth_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_metric_of_the_dashboard_and_of_the_alerts_exists() {
    let documented = documented();
    for (file, text) in [("the dashboard", DASHBOARD), ("the alerts", ALERTS)] {
        let named = named(text);
        assert!(named.len() > 5, "{file}: {named:?}");
        let unknown: Vec<_> = named.difference(&documented).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
}

#[test]
fn every_metric_is_on_the_dashboard() {
    let named = named(DASHBOARD);
    let unseen: Vec<_> = documented()
        .into_iter()
        // Of a histogram, some series are enough.
        .filter(|name| {
            !name.ends_with("_seconds_bucket")
                && !name.ends_with("_seconds_sum")
                && !name.ends_with("_seconds_count")
        })
        .filter(|name| !named.contains(name))
        .collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn the_dashboard_is_json_whose_panels_do_not_overlap() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut taken = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let place = |side: &str| panel["gridPos"][side].as_u64().unwrap();
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(x < 24 && taken.insert((x, y)), "{}", panel["title"]);
            }
        }
    }
}
