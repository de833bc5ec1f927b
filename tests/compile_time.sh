#!/usr/bin/env bash
# Measures what the attributes cost in compile time. Compares 1,000 protected routes with 1,000 that have a
# handwritten typed guard, and with 1,000 without a guard.
#
#     tests/compile_time.sh [ROUTES] [ROUNDS]
#
# Prints the medians of the CPU time of `cargo check` and `cargo build`, and their ratios. The dependencies are
# built beforehand; the three programs take turns, so that a busy machine is busy for all of them.
set -euo pipefail

routes=${1:-1000}
rounds=${2:-3}
workspace=$(cd "$(dirname "$0")/.." && pwd)
crate=$(mktemp -d)
trap 'rm -rf "$crate"' EXIT

mkdir -p "$crate/src/bin"
cp "$workspace/Cargo.lock" "$crate/"
cat >"$crate/Cargo.toml" <<TOML
[package]
name = "compile-time"
version = "0.0.0"
edition = "2024"

[dependencies]
auth-runtime = { path = "$workspace/auth-runtime" }
rocket = "0.5.2"

[workspace]
TOML

# $1: the attributes above the route attribute, $2: the guard among the arguments, $3: `routes!`
program() {
    local names=""
    for ((i = 0; i < routes; i++)); do
        printf '%s\n#[rocket::get("/%d/<id>?<page>")]\n' "${1//@/$i}" "$i"
        printf 'fn route_%d(%sid: u64, page: Option<u32>) -> String {\n' "$i" "${2//@/$i}"
        printf '    format!("{id} {page:?}")\n}\n\n'
        names+="route_$i, "
    done
    printf 'fn main() {\n    let _ = rocket::build().mount("/", %s[%s]);\n}\n' "$3" "$names"
}

# The handwritten guard has a type for each policy, so that the type says what a route requires. The same
# runtime verifies its tokens, so that the programs differ only in who writes the guards.
guard='use std::marker::PhantomData;

use auth_runtime::AccessToken;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

trait Scopes: Send + Sync + '"'static"' {
    const SCOPES: &'"'static"' [&'"'static"' str];
}

struct Scoped<S>(PhantomData<S>);

#[rocket::async_trait]
impl<'"'r"', S: Scopes> FromRequest<'"'r"'> for Scoped<S> {
    type Error = ();

    async fn from_request(request: &'"'r"' Request<'"'_"'>) -> Outcome<Self, ()> {
        match request.guard::<&AccessToken>().await {
            Outcome::Success(token) if S::SCOPES.iter().all(|scope| token.has_scope(scope)) => {
                Outcome::Success(Self(PhantomData))
            }
            Outcome::Success(_) => Outcome::Error((Status::Forbidden, ())),
            _ => Outcome::Error((Status::Unauthorized, ())),
        }
    }
}
'
types='struct Scopes@;

impl Scopes for Scopes@ {
    const SCOPES: &'"'static"' [&'"'static"' str] = &["read:messages", "scope:@"];
}
'
program '#[auth_runtime::requires_scope("read:messages", "scope:@")]' '' 'auth_runtime::routes!' \
    >"$crate/src/bin/protected.rs"
{ echo "$guard" && program "$types" '_guard: Scoped<Scopes@>, ' 'rocket::routes!'; } >"$crate/src/bin/guarded.rs"
program '' '' 'rocket::routes!' >"$crate/src/bin/plain.rs"

cd "$crate"
export CARGO_INCREMENTAL=0

# Prints the CPU seconds that a command takes for one of the programs.
seconds() {
    touch "src/bin/$2.rs"
    local TIMEFORMAT='%U %S'
    { time cargo "$1" --quiet --bin "$2" 2>&3; } 3>&2 2>&1 | awk '{ print $1 + $2 }'
}

median() {
    sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

for command in check build; do
    for program in protected guarded plain; do
        cargo "$command" --quiet --bin "$program"
    done
    for ((round = 0; round < rounds; round++)); do
        for program in protected guarded plain; do
            seconds "$command" "$program" >>"$command-$program"
        done
    done
    protected=$(median <"$command-protected")
    guarded=$(median <"$command-guarded")
    plain=$(median <"$command-plain")
    awk -v command="$command" -v a="$protected" -v b="$guarded" -v c="$plain" -v n="$routes" 'BEGIN {
        printf "cargo %s, %d routes: protected %.2f s, with a typed guard by hand %.2f s, no guard %.2f s\n",
            command, n, a, b, c
        printf "  ratio to a typed guard by hand: %.3f, to no guard: %.3f\n", a / b, a / c
    }'
done
