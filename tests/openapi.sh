#!/usr/bin/env bash
# Validates the OpenAPI document of the seed app with openapi-spec-validator, from PyPI.
set -euo pipefail
. "$(dirname "$0")/../.ci/environment"

.ci/packages curl python3 python3-venv
. tests/seed_app.sh
validator=$CARGO_TARGET_DIR/openapi-spec-validator
version=0.9.0
if ! "$validator/bin/pip" show openapi-spec-validator 2>/dev/null | grep -qx "Version: $version"; then
    python3 -m venv --clear "$validator"
    run "$validator/bin/pip" install --quiet --disable-pip-version-check "openapi-spec-validator==$version"
fi

# validate [VARIABLE=VALUE…]: starts the app in an empty folder with these variables and validates its
# document.
validate() {
    start "$@"
    await
    curl -sSf --max-time 10 "$api/openapi.json" -o "$work/openapi.json"
    stop
    run "$validator/bin/openapi-spec-validator" --schema 3.1 "$work/openapi.json"
}

validate
# Each kind of security scheme.
validate ROCKET_AUTH='{secret="0123456789abcdef0123456789abcdef",audience="https://api.example.com"}'
validate ROCKET_AUTH='{issuers=[{issuer="https://a.invalid/"},{issuer="https://b.invalid/"}],audience="https://api.example.com",dpop="allow",public_url="https://api.example.com/v1",mtls="allow",client_certificate_header="Client-Cert",trusted_proxies="127.0.0.1"}'
