# Sourced by the measurements over HTTP, in the root of the repository. Installs wrk and builds the server of
# `http.rs`. `work` is a temporary folder, where the server writes its addresses and tokens.

if ! command -v wrk >/dev/null; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq
    $sudo apt-get install -qq -y --no-install-recommends wrk
fi

work=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap stop EXIT

cargo bench --locked -p tests --bench http --no-run 2>"$work/build" || {
    cat "$work/build" >&2
    exit 1
}
program=$(sed -n 's/^ *Executable .*benches\/http\.rs (\(.*\))$/\1/p' "$work/build")

# serve CORES SERVER…: starts the program on these cores, and waits until these servers have their addresses.
# It first signs 10,000 tokens.
serve() {
    local cores=$1 name
    shift
    taskset -c "$cores" "$program" "$work" >"$work/log" 2>&1 &
    server=$!
    for _ in $(seq 600); do
        kill -0 "$server" 2>/dev/null || break
        for name in "$@"; do
            [ -s "$work/$name" ] || { sleep 0.1 && continue 2; }
        done
        return
    done
    cat "$work/log" >&2
    echo "the server does not launch" >&2
    return 1
}

# median FILE: the median of the numbers in its lines
median() {
    sort -n "$1" | awk '{ values[NR] = $1 } END { print values[int((NR + 1) / 2)] }'
}
