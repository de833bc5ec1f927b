#!/usr/bin/env bash
# Measures what protected routes cost over HTTP. The server runs on one core, and wrk with 64 connections
# on another. All contenders take turns in short rounds. The tables show medians, and each ratio is the
# median of the ratios of all rounds. The unit is requests per second of the server's own CPU time, so that
# waiting for a busy core does not count. A run takes less than two minutes.
#
#   tests/benches/http.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-13}

. tests/benches/http_server.sh
serve 0 without with forgetful

# name, server, path, tokens
contenders=(
    "public without-fairing without public none"
    "public without-fairing,-with-a-token without public one"
    "public with-fairing with public none"
    "public with-a-token with public one"
    "private handwritten without private one"
    "private fresh forgetful private one"
    "private same-token with private one"
    "private 10000-tokens with private many"
    "private 10000-tokens-in-a-minimal-memory without remembered many"
)

# spent: the CPU time of all threads of the server so far, in ns
spent() {
    cat "/proc/$server/task/"*/schedstat | awk '{ spent += $1 } END { printf "%.0f\n", spent }'
}

# served SERVER PATH TOKENS: requests per second of the server's CPU time
served() {
    local url before after requests
    url=$(cat "$work/$1")/$2
    before=$(spent)
    TOKENS="$work/$3" taskset -c 1 wrk -t 1 -c 64 -d 1s -s tests/benches/http.lua "$url" >"$work/wrk"
    after=$(spent)
    if grep -qx errors "$work/wrk"; then
        cat "$work/wrk" >&2
        echo "$url refused requests" >&2
        return 1
    fi
    requests=$(sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' "$work/wrk")
    awk -v requests="$requests" -v spent=$((after - before)) 'BEGIN { print requests * 1e9 / spent }'
}

# ratio A B TARGET DESCRIPTION
ratio() {
    paste "$work/$1" "$work/$2" | awk '{ print $1 / $2 }' >"$work/ratios"
    printf '| %s | %.3f | %s |\n' "$4" "$(median "$work/ratios")" "$3"
}

echo "load at the start: $(cut -d ' ' -f 1-3 /proc/loadavg)"
# The first round warms up the server and fills its memory of tokens.
for round in $(seq 0 "$rounds"); do
    for contender in "${contenders[@]}"; do
        read -r route kind name path tokens <<<"$contender"
        rate=$(served "$name" "$path" "$tokens")
        [ "$round" = 0 ] || echo "$rate" >>"$work/$route-$kind"
    done
done
echo "load at the end: $(cut -d ' ' -f 1-3 /proc/loadavg)"

printf '\n| route | requests per CPU second |\n| --- | ---: |\n'
for contender in "${contenders[@]}"; do
    read -r route kind _ <<<"$contender"
    printf '| %s, %s | %.0f |\n' "$route" "${kind//-/ }" "$(median "$work/$route-$kind")"
done
printf '\n| ratio | | target |\n| --- | ---: | ---: |\n'
ratio private-same-token public-with-fairing 0.96 "the same token, relative to public"
ratio private-10000-tokens public-with-fairing 0.85 "10,000 remembered tokens, relative to public"
ratio private-10000-tokens-in-a-minimal-memory private-10000-tokens 1.05 "10,000 tokens in a minimal memory, relative to those"
ratio private-fresh private-handwritten 1.18 "a fresh token, relative to the handwritten guard"
ratio private-same-token public-with-a-token '' "the same token, relative to public with a token sent"
ratio public-with-a-token public-with-fairing 0.97 "public with a token sent, relative to without"
ratio public-without-fairing,-with-a-token public-without-fairing '' "the same without the fairing"
ratio public-with-fairing public-without-fairing 0.98 "public with the fairing, relative to without"
