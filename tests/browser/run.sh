#!/usr/bin/env bash
# Tests the console in Chromium, driven by Playwright. With --screenshots, keeps pictures of the page in
# tests/browser/screenshots. With --renew, renews the pictures of the grid in docs; then run .ci/pictures.
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

.ci/packages chromium curl
command -v npm >/dev/null || .ci/packages nodejs npm
run cargo build --locked -p seed-app
cd tests/browser
# package.json pins the versions.
npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null

SEED_APP="$CARGO_TARGET_DIR/debug/seed-app" exec timeout --kill-after=10 600 node run.mjs "$@"
