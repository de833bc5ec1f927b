#!/usr/bin/env bash
# Runs the clients in docs/call-your-api against the seed app. Each must print the body, succeed with a good
# token and fail with a bad one. Swift is skipped if it is not installed, because Debian does not package it.
set -euo pipefail
. "$(dirname "$0")/../.ci/environment"

command -v node >/dev/null || .ci/packages nodejs
.ci/packages curl golang-go default-jdk-headless php-cli php-curl python3 ruby \
    mono-mcs mono-runtime libmono-system-net-http4.0-cil
target=$CARGO_TARGET_DIR
snippets=$PWD/docs/call-your-api
cargo build --locked -p seed-app

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

cd "$work"
ROCKET_PORT=0 ROCKET_CLI_COLORS=false "$target/debug/seed-app" >log 2>&1 &
app=$!
# The local issuer is a Rocket of its own, with its own line.
launched() {
    awk '/^The local issuer is at /{issuer=$NF} /^Rocket has launched from /{if ($NF "/" != issuer) print $NF}' log
}
for _ in $(seq 300); do
    [ -n "$(launched)" ] && break
    kill -0 "$app" 2>/dev/null || break
    sleep 0.1
done
api=$(launched)
[ -n "$api" ] || { cat log >&2; echo "the seed app does not launch" >&2; exit 1; }
# Gets a token with the command that the log shows.
eval "$(grep '^TOKEN=' log)"
good=$TOKEN
export API_URL=$api/api/private-scoped

passed=0 failed=0
# try FILE TOOL COMMAND…
try() {
    local file=$1 tool=$2 body
    shift 2
    if ! command -v "$tool" >/dev/null; then
        echo "skipped $file: $tool is not installed"
        return
    fi
    if body=$(TOKEN=$good timeout 60 "$@" 2>error) && grep -q 'a scope of read:messages' <<<"$body" &&
        ! body=$(TOKEN=${good}x timeout 60 "$@" 2>error) && grep -q '"code":"invalid_header"' <<<"$body"; then
        echo "ok      $file"
        passed=$((passed + 1))
    else
        echo "FAILED  $file: $body"
        cat error
        failed=$((failed + 1))
    fi
}

csharp() {
    [ -f Call.exe ] || mcs -r:System.Net.Http.dll -out:Call.exe "$snippets/Call.cs" >&2
    mono Call.exe
}
export -f csharp
export snippets

try call.sh curl "$snippets/call.sh"
try Call.cs mcs bash -c csharp
try call.go go go run "$snippets/call.go"
try Call.java java java "$snippets/Call.java"
try call.mjs node node "$snippets/call.mjs"
try call.php php php "$snippets/call.php"
try call.py python3 python3 "$snippets/call.py"
try call.rb ruby ruby "$snippets/call.rb"
try call.swift swift swift "$snippets/call.swift"
echo "skipped call.m: it needs Apple's Foundation"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
