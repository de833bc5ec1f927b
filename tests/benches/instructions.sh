#!/usr/bin/env bash
# Counts the instructions of a verification, which are the same whatever else the machine does, and fails
# where one part takes over 5 % more than the numbers in instructions.txt.
#
#   tests/benches/instructions.sh            compare
#   tests/benches/instructions.sh --renew    write the numbers of now
#
# Each part is run twice, with few and with many calls: the difference holds no set-up. The signature
# check itself is the crypto library's, and differs with the CPU; it is shown and not compared.
set -euo pipefail
cd "$(dirname "$0")/../.."
baseline=tests/benches/instructions.txt

if ! command -v valgrind >/dev/null; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq
    $sudo apt-get install -qq -y --no-install-recommends valgrind
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo bench --locked -p tests --bench instructions --no-run 2>"$work/build" || {
    cat "$work/build" >&2
    exit 1
}
program=$(sed -n 's/^ *Executable .*benches\/instructions\.rs (\(.*\))$/\1/p' "$work/build")
"$program" prepare "$work"

# count PART CALLS: the instructions of one run
count() {
    # One worker thread, and no settings of the machine's.
    env -i ROCKET_WORKERS=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$program" "$1" "$work" "$2" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
    sed -n 's/^.*Collected : \([0-9]*\).*$/\1/p' "$work/log"
}

# per_call PART CALLS
per_call() {
    local few many
    few=$(count "$1" 1)
    many=$(count "$1" $(($2 + 1)))
    echo $(((many - few) / $2))
}

signature=$(per_call signature 100)
fresh=$(per_call fresh 100)
compiler=$(rustc --version | cut -d ' ' -f 2)
{
    echo "rustc $compiler"
    echo "fresh-without-signature $((fresh - signature))"
    echo "remembered $(per_call remembered 10000)"
    echo "policy $(per_call policy 100000)"
} >"$work/now"

echo "instructions of one call (fresh $fresh, of which the signature $signature):"
if [ "${1:-}" = --renew ]; then
    cp "$work/now" "$baseline"
    cat "$baseline"
    exit
fi
made_with=$(awk '$1 == "rustc" { print $2 }' "$baseline")
if [ "$made_with" != "$compiler" ]; then
    echo "NOT COMPARED: $baseline is of rustc $made_with, and this is $compiler; $0 --renew writes anew:"
    cat "$work/now"
    exit
fi
failed=0
while read -r part now; do
    [ "$part" = rustc ] && continue
    before=$(awk -v part="$part" '$1 == part { print $2 }' "$baseline")
    if [ -z "$before" ]; then
        echo "$part: $now, and $baseline does not know it"
        failed=1
        continue
    fi
    echo "$part: $now, $before in $baseline"
    if [ $((now * 100)) -gt $((before * 105)) ]; then
        echo "$part takes over 5 % more: make it cheaper or, if it is worth it, run $0 --renew" >&2
        failed=1
    fi
done <"$work/now"
exit $failed
