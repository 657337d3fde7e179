#!/usr/bin/env bash
# Make a minimal Debian root file system as a tar. Usage: rootfs.sh SUITE MIRROR OUT.tar
# An empty MIRROR means debootstrap's own default. Needs root; installs debootstrap where missing.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=worker/host/lib.sh
. "$here/lib.sh"

suite="$1" mirror="$2" out="$3"
bash "$here/packages.sh" debootstrap debian-archive-keyring

# clear DIR: remove a tree that debootstrap may have mounted /proc and /sys in.
clear() {
  awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r place; do as_root umount -l "$place" </dev/null; done
  as_root rm -rf --one-file-system "$1"
}

# What earlier runs left that were cut off; the caller sees to it that only one runs.
for left in "$(dirname "$out")"/rootfs.??????; do
  [ ! -d "$left" ] || clear "$left"
done

work="$(mktemp -d "$(dirname "$out")/rootfs.XXXXXX")"
trap 'clear "$work"' EXIT

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
