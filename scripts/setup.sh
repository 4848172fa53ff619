#!/bin/sh
# Prepares a machine that has only Node >= 20, npm and (for nats-server, Chromium and Tryton) apt. Quick when all is there.
set -eu
cd "$(dirname "$0")/.."

# The lockfile's stamp, so that a pull which changes dependencies installs them.
stamp=node_modules/.plimsoll-installed
if [ ! -x node_modules/.bin/node ] || ! cmp -s package-lock.json "$stamp"; then
  echo "plimsoll: installing dependencies (once)"
  # Installs what the lockfile pins and leaves it alone. Not `npm ci`: it refuses when a registry does not carry the
  # optional binaries of other platforms, which nobody here needs.
  npm install --no-save --no-fund --no-audit --loglevel=error
  cp package-lock.json "$stamp"
fi

apt_install() { # $1 = command to find, $2 = Debian package(s)
  command -v "$1" >/dev/null 2>&1 && return 0
  [ -x "/usr/sbin/$1" ] && return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "plimsoll: $1 was not found and can't be installed without root: install $2, or put $1 on the PATH" >&2
    return 1
  fi
  echo "plimsoll: installing $2 (once)"
  { apt-get install -y --no-install-recommends $2 || { apt-get update && apt-get install -y --no-install-recommends $2; }; } >/dev/null 2>&1 ||
    { echo "plimsoll: apt-get could not install $2" >&2; return 1; }
}

apt_install nats-server nats-server || exit 1
if [ "${1:-}" = "--tests" ]; then
  # The browser test says so and is skipped where Chromium can't be had.
  apt_install chromium chromium || true
  # So are the tests against a real ERP where Tryton can't be had. Without python3-psycopg2: SQLite is enough for a test.
  apt_install trytond "tryton-server tryton-modules-stock tryton-modules-stock-lot tryton-modules-sale tryton-modules-product-kit tryton-modules-purchase" || true
fi

# The console is built to static files once, and again when its sources changed.
if [ -f hub/console/vite.config.ts ] && { [ ! -d hub/console/dist ] || [ -n "$(find hub/console -newer hub/console/dist/index.html -not -path '*/dist*' -type f -print -quit)" ]; }; then
  node_modules/.bin/node node_modules/vite/bin/vite.js build hub/console --logLevel error
fi
