#!/usr/bin/env bash
# Lets real clients from npm and from PyPI log in at the local issuer and call the seed app.
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

command -v npm >/dev/null || .ci/packages nodejs npm
.ci/packages python3 python3-venv
. tests/seed_app.sh
cd tests/clients
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null
python=$CARGO_TARGET_DIR/client-tests
if ! cmp -s requirements.txt "$python/requirements.txt"; then
    python3 -m venv --clear "$python"
    run "$python/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --requirement requirements.txt
    cp requirements.txt "$python/"
fi

SEED_APP="$CARGO_TARGET_DIR/debug/seed-app" timeout --kill-after=10 120 node --test

start
await
issuer=$(awk '/^The local issuer is at /{print $NF}' "$work/log")
API="$api" ISSUER="$issuer" timeout --kill-after=10 120 "$python/bin/python" -B -m unittest
