#!/usr/bin/env bash
# Counts the instructions of a verification, which do not depend on what else the machine does. Fails if a
# part needs over 5 % more than the baseline in instructions.txt.
#
#     tests/benches/instructions.sh            compare
#     tests/benches/instructions.sh --renew    write a new baseline
#
# Each part runs with few and with many calls, so that the difference contains no set-up. The signature
# check belongs to the crypto library and differs between CPUs, so it is printed but not compared.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname "$0")/../../.ci/environment"
baseline=tests/benches/instructions.txt

.ci/packages valgrind

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A package of its own, because a feature that is off must cost nothing.
cargo bench --locked -p instructions --bench instructions --no-run 2>"$work/build" || {
    cat "$work/build" >&2
    exit 1
}
program=$(sed -n 's/^ *Executable .*benches\/instructions\.rs (\(.*\))$/\1/p' "$work/build")
"$program" prepare "$work"

# count PART CALLS: the instructions of a run. It is the lowest of three, because a run that takes long on a
# busy machine also counts the tasks of the runtime that wait for a time.
count() {
    local counted lowest=
    for _ in 1 2 3; do
        # One worker thread, and none of the machine's environment.
        env -i ROCKET_WORKERS=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
            "$program" "$1" "$work" "$2" >"$work/log" 2>&1 || {
            cat "$work/log" >&2
            exit 1
        }
        counted=$(sed -n 's/^.*Collected : \([0-9]*\).*$/\1/p' "$work/log")
        [ -n "$lowest" ] && [ "$lowest" -le "$counted" ] || lowest=$counted
    done
    echo "$lowest"
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
remembered=$(per_call remembered 10000)
claims=$(per_call claims 10000)
policy=$(per_call policy 100000)
nothing_revoked=$(per_call nothing-revoked 10000)
among_revocations=$(per_call among-revocations 10000)
proof=$(($(per_call proof 200) - $(per_call bearer 200)))
proof_signature=$(per_call proof-signature 200)
compiler=$(rustc --version | cut -d ' ' -f 2)
{
    echo "rustc $compiler"
    echo "fresh-without-signature $((fresh - signature))"
    echo "remembered $remembered"
    echo "claims $claims"
    echo "policy $policy"
    echo "nothing-revoked $nothing_revoked"
    echo "among-10,000-revocations $among_revocations"
    echo "proof-without-signature $((proof - proof_signature))"
} >"$work/now"

echo "instructions of one call (with their signatures: fresh $fresh of $signature, proof $proof of $proof_signature):"
if [ "${1:-}" = --renew ]; then
    cp "$work/now" "$baseline"
    cat "$baseline"
    exit
fi
made_with=$(awk '$1 == "rustc" { print $2 }' "$baseline")
if [ "$made_with" != "$compiler" ]; then
    echo "NOT COMPARED: $baseline was written with rustc $made_with, and this is $compiler. To write it again: $0 --renew"
    cat "$work/now"
    exit
fi
failed=0
while read -r part now; do
    [ "$part" = rustc ] && continue
    before=$(awk -v part="$part" '$1 == part { print $2 }' "$baseline")
    if [ -z "$before" ]; then
        echo "$part: $now; $baseline has no baseline for it"
        failed=1
        continue
    fi
    echo "$part: $now; the baseline is $before"
    if [ $((now * 100)) -gt $((before * 105)) ]; then
        echo "$part needs over 5 % more. Make it cheaper, or accept it: $0 --renew" >&2
        failed=1
    fi
done <"$work/now"
exit $failed
