#!/usr/bin/env bash
# Generates thousands of routes, launches them, and calls each with every combination of grants.
#
#   tests/exhaustive/run.sh [ROUTES] [SEED]
#
# A failure names the route and what is written about it. The same numbers generate the same routes.
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

export EXHAUSTIVE_ROUTES=${1:-2000} EXHAUSTIVE_SEED=${2:-1}
# `--workspace` only makes the features, and so the build, those of `cargo test --workspace`.
run cargo test --locked --workspace --test exhaustive -- --nocapture
