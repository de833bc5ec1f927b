#!/usr/bin/env bash
# Measures what auth-runtime with its default features adds to a program: crates beside those of Rocket, and
# the size of a release binary (examples/minimal) relative to that of a bare Rocket.
#
#   tests/benches/size.sh            crates and size
#   tests/benches/size.sh crates     only crates, without a build
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
cp Cargo.lock "$work/"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "bare-rocket"
version = "0.0.0"
edition = "2024"

[dependencies]
rocket = { version = "0.5.2", features = ["json"] }

[workspace]
TOML
cat >"$work/src/main.rs" <<'RUST'
use rocket::{get, launch, routes};

#[get("/ping")]
fn ping() -> &'static str {
    "pong"
}

#[get("/messages")]
fn messages() -> &'static str {
    "Hello"
}

#[launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![ping, messages])
}
RUST

# crates MANIFEST [PRUNED…]: the crates of a program, without what only the pruned ones need
crates() {
    local manifest=$1
    shift
    cargo tree --quiet --manifest-path "$manifest" --edges normal --prefix none "${@/#/--prune=}" |
        awk '{ print $1, $2 }' | sort -u
}

minimal=examples/minimal/Cargo.toml
crates "$work/Cargo.toml" >"$work/rocket"
# added [PRUNED…]: how many crates auth-runtime adds to Rocket and the program itself
added() {
    crates "$minimal" "$@" | grep -v '^minimal ' | comm -23 - "$work/rocket" | wc -l
}
all=$(added)
printf '| crates beside those of Rocket | |\n| --- | ---: |\n'
printf '| all, with the two of this project | %d |\n' "$all"
printf '| only for TLS and HTTP (reqwest) | %d |\n' $((all - $(added reqwest) + 1))
printf '| only for URLs with names in any script (url) | %d |\n' $(($(added reqwest) - $(added reqwest url) + 1))
[ "${1:-}" = crates ] && exit

size() { stat --format %s "$CARGO_TARGET_DIR/release/$1"; }
run cargo build --quiet --locked --release -p minimal
run cargo build --quiet --release --manifest-path "$work/Cargo.toml"
for program in minimal bare-rocket; do
    strip -o "$work/$program" "$CARGO_TARGET_DIR/release/$program"
done
awk -v ours="$(size minimal)" -v bare="$(size bare-rocket)" \
    -v ours_stripped="$(stat --format %s "$work/minimal")" -v bare_stripped="$(stat --format %s "$work/bare-rocket")" 'BEGIN {
    printf "\n| release binary | minimal | bare Rocket | ratio |\n| --- | ---: | ---: | ---: |\n"
    printf "| as built | %.1f MB | %.1f MB | %.2f |\n", ours / 1e6, bare / 1e6, ours / bare
    printf "| without symbols | %.1f MB | %.1f MB | %.2f |\n", ours_stripped / 1e6, bare_stripped / 1e6, ours_stripped / bare_stripped
}'
