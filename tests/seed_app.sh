# Sourced by the scripts that call the seed app, after .ci/environment. Builds the app, and stops it when the
# script ends. `work` is a temporary folder.

run cargo build --locked -p seed-app

work=$(mktemp -d)
app=

stop() {
    if [ -n "$app" ]; then
        kill "$app" 2>/dev/null || true
        wait "$app" 2>/dev/null || true
    fi
    app=
}
trap 'stop; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    echo "the output of the seed app:" >&2
    cat "$work/log" >&2
    exit 1
}

# start [VARIABLE=VALUE…]: starts the app with these variables, on a free port, in a folder without a
# Rocket.toml and a .env.
start() {
    : >"$work/log"
    (cd "$work" && exec env "$@" ROCKET_PORT=0 ROCKET_CLI_COLORS=false \
        "$CARGO_TARGET_DIR/debug/seed-app") >"$work/log" 2>&1 &
    app=$!
}

# The local issuer is a Rocket of its own, with its own line.
launched() {
    awk '/^The local issuer is at /{issuer=$NF} /^Rocket has launched from /{if ($NF "/" != issuer) print $NF}' \
        "$work/log"
}

# Waits until the app serves, and sets `api` to its address.
await() {
    for _ in $(seq 300); do
        [ -n "$(launched)" ] && break
        kill -0 "$app" 2>/dev/null || fail "the app does not launch"
        sleep 0.1
    done
    api=$(launched)
    [ -n "$api" ] || fail "the app does not launch within 30 s"
}
