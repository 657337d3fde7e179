#!/bin/sh
# Installs what package.json lists, as its lock file fixes it, and packages besides.
#
#   install.sh (ci|npm|yarn|pnpm@N|none) [package…]
#
# Where a lock file does not fit package.json, or is for a tool that fails, npm decides: the app
# itself may be fine. Compilers are fetched only where a package has no ready-made program.
manager=$1
shift
work=$(mktemp -d)
log=$work/log
# The headers of this Node.js are here; node-gyp would fetch them from a host of its own.
export npm_config_nodedir=/usr/local npm_config_update_notifier=false
flags="--no-audit --no-fund"

by_npm() { npm install --include=dev $flags; }

listed() {
  case $manager in
    ci) npm ci --include=dev $flags || by_npm ;;
    npm) by_npm ;;
    yarn) yarn install --frozen-lockfile --production=false --non-interactive || by_npm ;;
    pnpm@*)
      { npm install --global $flags "$manager" &&
        pnpm install --frozen-lockfile --prod=false --store-dir "$work/store"; } || by_npm ;;
  esac
}

besides() {
  [ $# = 0 ] && return
  case $manager in
    pnpm@*) pnpm add --store-dir "$work/store" "$@" ;;
    yarn) yarn add --non-interactive "$@" ;;
    *) npm install --no-save $flags "$@" ;;
  esac
}

try() { { listed && besides "$@"; } >"$log" 2>&1; }

if ! try "$@"; then
  if grep -Eq "gyp|prebuild-install|make: |not found: (make|g\+\+)" "$log"; then
    echo "A package has no ready-made program for this Node.js; compiling it with: g++ make python3"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
      --no-install-recommends g++ make python3; } >"$work/apt" 2>&1 || tail -n 5 "$work/apt"
    try "$@" || { cat "$log"; exit 1; }
  else
    cat "$log"
    exit 1
  fi
fi
cat "$log"
rm -rf "$work" /root/.npm /root/.cache /usr/local/share/.cache
