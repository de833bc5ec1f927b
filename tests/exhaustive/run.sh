#!/usr/bin/env bash
# Generates thousands of routes, launches them, and calls each with every combination of grants. Set
# EXHAUSTIVE_SEED to generate other routes; the test prints the seed.
set -euo pipefail
cd "$(dirname "$0")/../.."

export EXHAUSTIVE_ROUTES="${EXHAUSTIVE_ROUTES:-2000}"
cargo test --locked -p exhaustive -- --nocapture
