#!/usr/bin/env bash
# Lets real clients from npm log in at the local issuer and call the seed app.
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

command -v npm >/dev/null || .ci/packages nodejs npm
run cargo build --locked -p seed-app
cd tests/clients
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null

SEED_APP="$CARGO_TARGET_DIR/debug/seed-app" exec timeout --kill-after=10 120 node --test
