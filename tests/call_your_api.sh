#!/usr/bin/env bash
# Runs the snippets of docs/call-your-api against the seed app: each must print the body, succeed with
# a good token, and fail with a bad one. A language that is not installed is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in $(compgen -e); do
    case "$name" in
        AUTH0_* | API_* | ROCKET_*) unset "$name" ;;
    esac
done
target=${CARGO_TARGET_DIR:-$PWD/target}
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
for _ in $(seq 300); do
    grep -q 'Rocket has launched from' log && break
    kill -0 "$app" 2>/dev/null || break
    sleep 0.1
done
api=$(sed -n 's/^Rocket has launched from \(http[^ ]*\).*/\1/p' log)
[ -n "$api" ] || { cat log >&2; echo "the seed app does not launch" >&2; exit 1; }
# The command that it shows for a token.
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

# By Mono, or in a project around the one file.
csharp() {
    if command -v mono >/dev/null; then
        [ -f Call.exe ] || mcs -r:System.Net.Http.dll -out:Call.exe "$snippets/Call.cs" >&2
        mono Call.exe
        return
    fi
    [ -d csharp ] || dotnet new console --output csharp >/dev/null
    cp "$snippets/Call.cs" csharp/Program.cs
    dotnet run --project csharp
}
export -f csharp
export snippets

try call.sh curl "$snippets/call.sh"
try Call.cs "$(command -v mcs || echo dotnet)" bash -c csharp
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
