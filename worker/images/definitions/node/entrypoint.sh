#!/bin/sh
# `docker run image --inspect app.js` and `docker run image app.js` mean node; anything else that is
# a program on PATH is run as it is.
set -e
case "$1" in
  -*) exec node "$@" ;;
esac
if ! command -v "$1" >/dev/null 2>&1 || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  exec node "$@"
fi
exec "$@"
