#!/usr/bin/env bash
# The playground in a real browser. Installs what is missing (Chromium from Debian, Playwright from
# npm), builds the seed app, and starts it on free ports. With --screenshots, keeps pictures of the
# page in tests/browser/screenshots.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v chromium >/dev/null || ! command -v npm >/dev/null || ! command -v curl >/dev/null; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq
    packages=(chromium curl)
    command -v npm >/dev/null || packages+=(nodejs npm)
    $sudo apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null
fi
# The versions stand in package.json.
npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null

target=${CARGO_TARGET_DIR:-$PWD/../../target}
cargo build --locked -p seed-app
# What the machine is configured with must not reach the seed app.
for name in $(compgen -e); do
    case "$name" in
        AUTH0_* | API_* | ROCKET_*) unset "$name" ;;
    esac
done
SEED_APP="$target/debug/seed-app" exec timeout --kill-after=10 240 node playground.mjs "$@"
