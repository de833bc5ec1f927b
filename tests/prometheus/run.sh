#!/usr/bin/env bash
# Lets a real Prometheus scrape the seed app, with the configuration of its compose file and a token of the
# local issuer, and asks it for everything on the dashboard. Then it tests the alerts.
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

.ci/packages prometheus python3
run promtool check rules docs/prometheus-alerts.yml
run promtool test rules tests/prometheus/alerts.yml

. tests/seed_app.sh
start
await
issuer=$(sed -n 's/^The local issuer is at //p' "$work/log")
run python3 tests/prometheus/scrape.py "$api" "$issuer" "$work" || fail "Prometheus does not get what it should"
