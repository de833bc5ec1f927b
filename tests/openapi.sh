#!/usr/bin/env bash
# Validates the OpenAPI document of the seed app with openapi-spec-validator, from PyPI.
set -euo pipefail
. "$(dirname "$0")/../.ci/environment"

.ci/packages curl python3 python3-venv
run cargo build --locked -p seed-app
validator=$CARGO_TARGET_DIR/openapi-spec-validator
version=0.9.0
if ! "$validator/bin/pip" show openapi-spec-validator 2>/dev/null | grep -qx "Version: $version"; then
    python3 -m venv --clear "$validator"
    run "$validator/bin/pip" install --quiet --disable-pip-version-check "openapi-spec-validator==$version"
fi

work=$(mktemp -d)
app=
stop() {
    if [ -n "$app" ]; then
        kill "$app" 2>/dev/null || true
        wait "$app" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT

# validate [VARIABLE=VALUE…]: starts the app in an empty folder with these variables and validates its
# document.
validate() {
    : >"$work/log"
    (cd "$work" && exec env "$@" ROCKET_PORT=0 ROCKET_CLI_COLORS=false \
        "$CARGO_TARGET_DIR/debug/seed-app") >"$work/log" 2>&1 &
    app=$!
    for _ in $(seq 300); do
        grep -q 'Rocket has launched from' "$work/log" && break
        kill -0 "$app" 2>/dev/null || break
        sleep 0.1
    done
    local api
    api=$(sed -n 's/^Rocket has launched from \(http[^ ]*\).*/\1/p' "$work/log")
    [ -n "$api" ] || { cat "$work/log" >&2; echo "the seed app does not launch" >&2; exit 1; }
    curl -sSf --max-time 10 "$api/openapi.json" -o "$work/openapi.json"
    kill "$app" && wait "$app" || true
    app=
    run "$validator/bin/openapi-spec-validator" --schema 3.1 "$work/openapi.json"
}

validate
# Each kind of security scheme.
validate ROCKET_AUTH='{secret="0123456789abcdef0123456789abcdef",audience="https://api.example.com"}'
validate ROCKET_AUTH='{issuers=[{issuer="https://a.invalid/"},{issuer="https://b.invalid/"}],audience="https://api.example.com",dpop="allow",public_url="https://api.example.com/v1",mtls="allow",client_certificate_header="Client-Cert",trusted_proxies="127.0.0.1"}'
