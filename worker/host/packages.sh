#!/usr/bin/env bash
# Install the Debian packages named as arguments that are missing; do nothing when all are there.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=worker/host/lib.sh
. "$here/lib.sh"

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  die "this set-up installs with apt, which is not on this machine" \
      "install the equivalents of these packages yourself: $*"

missing=()
for package in "$@"; do
  installed "$package" || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

say "installing Debian packages: ${missing[*]}"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" \
    >>"$log" 2>&1 </dev/null
}
install() { apt install -y --no-install-recommends "${missing[@]}"; }

# An earlier run may have been cut off in the middle of an unpack.
as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >>"$log" 2>&1 </dev/null || true
apt update || say "warning: apt-get update failed; going on with the package lists that are there"
install || {
  tail -n 20 "$log" >&2
  die "apt-get could not install: ${missing[*]}" \
      "run 'apt-get install ${missing[*]}' by hand to see why, then run this again"
}
