#!/usr/bin/env bash
# Measures what auth-runtime with its default features adds to a program: crates beside those of Rocket, and
# the size of a release binary (examples/minimal) relative to that of a bare Rocket. A third program has
# what a handwritten guard needs: a client for TLS, and jsonwebtoken.
#
#   tests/benches/size.sh            crates and size
#   tests/benches/size.sh crates     only crates, without a build
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# program NAME DEPENDENCIES MAIN: writes a program beside this workspace, with the same versions
program() {
    mkdir -p "$work/$1/src"
    cp Cargo.lock "$work/$1/"
    printf '%s\n' >"$work/$1/Cargo.toml" '[package]' "name = \"$1\"" 'version = "0.0.0"' 'edition = "2024"' '' \
        '[dependencies]' 'rocket = { version = "0.5.2", features = ["json"] }' "$2" '[workspace]'
    cat >"$work/$1/src/main.rs"
}

program bare-rocket '' <<'RUST'
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

program by-hand "$(grep -E '^(jsonwebtoken|reqwest|serde_json) = ' Cargo.toml)" <<'RUST'
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{State, get, launch, routes};
use serde_json::Value;

struct Claims;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Claims {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let client = request.guard::<&State<reqwest::Client>>().await;
        let header = request.headers().get_one("Authorization").unwrap_or_default();
        let token = header.strip_prefix("Bearer ").unwrap_or_default();
        match client.succeeded() {
            Some(client) if is_valid(client, token).await.is_some() => Outcome::Success(Self),
            _ => Outcome::Error((Status::Unauthorized, ())),
        }
    }
}

async fn is_valid(client: &reqwest::Client, token: &str) -> Option<Value> {
    let keys = client.get("https://issuer.invalid/jwks.json").send().await.ok()?;
    let keys: JwkSet = serde_json::from_slice(&keys.bytes().await.ok()?).ok()?;
    let header = jsonwebtoken::decode_header(token).ok()?;
    let key = DecodingKey::from_jwk(keys.find(&header.kid?)?).ok()?;
    let token = jsonwebtoken::decode(token, &key, &Validation::new(header.alg)).ok()?;
    Some(token.claims)
}

#[get("/messages")]
fn messages(_claims: Claims) -> &'static str {
    "Hello"
}

#[launch]
fn rocket() -> _ {
    rocket::build().manage(reqwest::Client::new()).mount("/", routes![messages])
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
crates "$work/bare-rocket/Cargo.toml" >"$work/rocket"
# added MANIFEST [PRUNED…]: how many crates a program has beside those of Rocket and itself
added() {
    crates "$@" | grep -Ev '^(minimal|by-hand) ' | comm -23 - "$work/rocket" | wc -l
}
all=$(added "$minimal")
no_client=$(added "$minimal" reqwest)
printf '| crates beside those of Rocket | |\n| --- | ---: |\n'
printf '| auth-runtime, with the two of this project | %d |\n' "$all"
printf '| of these, only for TLS and HTTP (reqwest) | %d |\n' $((all - no_client + 1))
printf '| of these, only for URLs with names in any script (url) | %d |\n' $((no_client - $(added "$minimal" reqwest url) + 1))
printf '| a handwritten guard with reqwest and jsonwebtoken | %d |\n' "$(added "$work/by-hand/Cargo.toml")"
[ "${1:-}" = crates ] && exit

run cargo build --quiet --locked --release -p minimal
printf '\n| release binary | as built | to a bare Rocket | without symbols | to a bare Rocket |\n'
printf '| --- | ---: | ---: | ---: | ---: |\n'
for program in bare-rocket by-hand minimal; do
    [ "$program" = minimal ] || run cargo build --quiet --release --manifest-path "$work/$program/Cargo.toml"
    strip -o "$work/stripped" "$CARGO_TARGET_DIR/release/$program"
    stat --format %s "$CARGO_TARGET_DIR/release/$program" "$work/stripped" | paste -s | sed "s/^/$program /"
done | awk 'NR == 1 { built = $2; stripped = $3 } {
    printf "| %s | %.1f MB | %.2f | %.1f MB | %.2f |\n", $1, $2 / 1e6, $2 / built, $3 / 1e6, $3 / stripped
}'
