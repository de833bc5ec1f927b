#!/usr/bin/env bash
# Measures how long it takes until a revocation is in force in three processes of the seed app that share
# one real Redis: 1,000 revocations, p50, p99 and the slowest.
#
#   tests/benches/revocation.sh
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

.ci/packages redis-server
echo "load at the start: $(cut -d ' ' -f 1-3 /proc/loadavg)"
run cargo test --locked -p tests --test suite -- --ignored --nocapture measure_revocations
echo "load at the end: $(cut -d ' ' -f 1-3 /proc/loadavg)"
