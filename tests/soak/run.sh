#!/usr/bin/env bash
# Rotates the keys of one API under load for half a minute.
#
# Then runs three processes of the seed app over one real Redis for a while. Tokens are revoked, keys rotate, and
# Redis is killed and restarted from its append-only file. The last lines say how many revoked tokens passed
# after their second, and how many good tokens were refused. Both are 0, or the run fails.
#
#   tests/soak/run.sh [SECONDS]
set -euo pipefail
. "$(dirname "$0")/../../.ci/environment"

.ci/packages redis-server
run cargo test --locked -p tests --test suite -- --ignored --nocapture keys::soak
export SOAK_SECONDS=${1:-60}
run cargo test --locked -p tests --test suite -- --ignored --nocapture soak_of_revocations
