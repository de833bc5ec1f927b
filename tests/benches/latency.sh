#!/usr/bin/env bash
# Measures how long callers wait while something happens: some tokens are new, the issuer replaces its keys
# every second, or half of all requests have forged tokens. The server runs on two cores, and wrk on the
# others if there are any. All cases take turns. The table shows medians over the rounds.
#
#   tests/benches/latency.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-9}

. tests/benches/http_server.sh
cores=$(nproc)
[ "$cores" -gt 2 ] && clients=2-$((cores - 1)) || clients=0-$((cores - 1))
export ROCKET_WORKERS=2
serve 0,1 with rotating

# call CONNECTIONS SERVER TOKENS LOG
call() {
    TOKENS="$work/$3" taskset -c "$clients" \
        wrk -t 1 -c "$1" -d 2s -s tests/benches/http.lua "$(cat "$work/$2")/private" >"$work/$4"
}

# note CASE: takes the figures of the good callers
note() {
    if grep -qx errors "$work/wrk"; then
        cat "$work/wrk" >&2
        echo "$1: good tokens were refused" >&2
        return 1
    fi
    sed -n 's/^p99 //p' "$work/wrk" >>"$work/$1-p99"
    sed -n 's/^p99.9 //p' "$work/wrk" >>"$work/$1-p999"
    sed -n 's/^Requests\/sec: *//p' "$work/wrk" >>"$work/$1-rate"
}

echo "cores: $cores; load at the start: $(cut -d ' ' -f 1-3 /proc/loadavg)"
fresh_from=0
for _ in $(seq "$rounds"); do
    call 32 with one wrk
    note same-token
    # No token is used again before 10,000 others were, and the memory of the server has room for all.
    FRESH="$work/many" FRESH_FROM=$fresh_from call 32 with one wrk
    note 1%-fresh
    fresh_from=$((fresh_from + $(sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' "$work/wrk") / 100))
    call 32 rotating one wrk
    note rotation-every-second
    # The other half of the connections belongs to good callers first, and then to forgers.
    call 16 with one others &
    call 16 with one wrk
    wait $!
    note half-of-the-callers
    call 16 with forged others &
    call 16 with one wrk
    wait $!
    note beside-50%-forged
done
echo "load at the end: $(cut -d ' ' -f 1-3 /proc/loadavg)"

printf '\n| case | requests/s | p99, µs | p99.9, µs |\n| --- | ---: | ---: | ---: |\n'
for kind in same-token 1%-fresh rotation-every-second half-of-the-callers beside-50%-forged; do
    printf '| %s | %.0f | %s | %s |\n' "${kind//-/ }" "$(median "$work/$kind-rate")" \
        "$(median "$work/$kind-p99")" "$(median "$work/$kind-p999")"
done
