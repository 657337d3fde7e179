#!/usr/bin/env bash
# Make a minimal Debian root file system as a tar. Usage: rootfs.sh SUITE MIRROR OUT.tar
# An empty MIRROR means debootstrap's own default. Needs root; installs debootstrap where missing.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=worker/host/lib.sh
. "$here/lib.sh"

suite="$1" mirror="$2" out="$3"
bash "$here/packages.sh" debootstrap debian-archive-keyring

work="$(mktemp -d "$(dirname "$out")/rootfs.XXXXXX")"
cleanup() { as_root rm -rf "$work"; }
trap cleanup EXIT

as_root debootstrap --variant=minbase --include=ca-certificates "$suite" "$work/root" \
  ${mirror:+"$mirror"} >"$work/log" 2>&1 </dev/null || {
  tail -n 15 "$work/log" >&2
  die "debootstrap could not make Debian $suite" \
      "is the mirror reachable? GRADER_DEBIAN_MIRROR names another one"
}
# What a slim image leaves out; the configuration in worker/images/definitions/debian keeps it out.
as_root tar --create --file "$work/root.tar" --directory "$work/root" --numeric-owner --one-file-system \
  --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' --exclude='./var/log/*.log' \
  --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' --exclude='./usr/share/info/*' \
  --exclude='./usr/share/doc/*/[!c]*' --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' .
as_root chown "$(id -u):$(id -g)" "$work/root.tar"
mv -f "$work/root.tar" "$out"
