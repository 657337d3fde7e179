#!/usr/bin/env bash
# Make the virtual environment DIR and install the project in it, editable, with its tools.
# Usage: venv.sh DIR. Uses $PYTHON (default python3), which must be 3.11 or later.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=worker/host/lib.sh
. "$here/lib.sh"

venv="$1"
python="${PYTHON:-python3}"

# Two set-ups may run at once in one tree (a watcher and a person): one installs, one waits.
exec 9>"$(dirname "$venv")/.venv.lock"
flock 9

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  die "Python 3.11 or later is needed, and '$python' is not that" \
      "install it, or name one: make setup PYTHON=/path/to/python3.11"

# Debian ships the venv module without ensurepip; python3-venv completes it.
"$python" -c 'import ensurepip, venv' 2>/dev/null || bash "$here/packages.sh" python3-venv

# An environment cut off half-way has no working pip: then it is made anew.
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  say "making the virtual environment $venv"
  "$python" -m venv --clear "$venv"
fi

# --python-preference: uv must take this environment's interpreter, never fetch one of its own.
uv() { "$venv/bin/python" -m uv --quiet --no-progress "$@"; }
say "installing the project and its tools"
"$venv/bin/python" -m uv --version >/dev/null 2>&1 ||
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input uv </dev/null ||
  die "pip could not install uv from the package index" \
      "look at the network, PIP_CERT and 'pip config list'"
uv pip install --python "$venv/bin/python" --editable . --group dev </dev/null ||
  die "uv could not install the project" "the lines above say which requirement it was"
