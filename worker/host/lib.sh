# Shared by the scripts in this folder: messages, root rights, the state folder. Sourced, not run.
# shellcheck shell=bash

# System tools live in sbin, which is not on every user's PATH.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

say() { printf '%s\n' "$*"; }

# die WHAT HINT: one line on what happened, one thing to try.
die() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

# Where the engine's log, pid file and the caches are kept; the same default as grader/settings.py.
state_dir() { printf '%s' "${GRADER_STATE_DIR:-/var/lib/grader}"; }

# as_root COMMAND...: run it as root: directly, or through sudo where that asks no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n -- "$@"
  elif command -v sudo >/dev/null && [ -t 0 ]; then
    say "root rights are needed for: $*"
    sudo -- "$@"
  else
    die "root rights are needed for: $*" "run 'make setup' as root, or as a user who may use sudo"
  fi
}
