#!/usr/bin/env bash
# Runs the clients in docs/call-your-api against the seed app. Each must print the body, succeed with a good
# token and fail with a bad one. Swift is skipped if it is not installed, because Debian does not package it.
set -euo pipefail
. "$(dirname "$0")/../.ci/environment"

command -v node >/dev/null || .ci/packages nodejs
.ci/packages curl golang-go default-jdk-headless php-cli php-curl python3 ruby \
    mono-mcs mono-runtime libmono-system-net-http4.0-cil
. tests/seed_app.sh
snippets=$PWD/docs/call-your-api

start
await
cd "$work"
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
