#!/usr/bin/env bash
# Make sure that a Docker Engine answers. One that does is used as it is and nothing is changed;
# otherwise docker.io is installed and the engine is started (by systemd where that runs).
#
#   engine.sh [ensure]   the default
#   engine.sh stop       stop the engine that 'ensure' started; never another one
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=worker/host/lib.sh
. "$here/lib.sh"

DEFAULT_ADDRESS=unix:///var/run/docker.sock
address="${GRADER_DOCKER_HOST:-${DOCKER_HOST:-$DEFAULT_ADDRESS}}"
START_TIMEOUT_S=90

# 0: answers, 13: this user may not use the socket, else: no answer.
ping() { "${PYTHON:-python3}" -I -S "$here/ping.py" "$address"; }

refuse_socket() {
  die "an engine's socket is there ($address), but user $(id -un) may not use it" \
      "run 'sudo usermod -aG docker $(id -un)', log in again, and repeat"
}

# Wait for the engine, as long as the condition given (a command) holds.
wait_for_engine() {
  local deadline=$((SECONDS + START_TIMEOUT_S)) code
  while [ "$SECONDS" -lt "$deadline" ]; do
    code=0
    ping || code=$?
    [ "$code" -eq 0 ] && return 0
    [ "$code" -eq 13 ] && refuse_socket
    "$@" || return 1
    sleep 0.2
  done
  return 1
}

start_with_systemd() {
  say "starting the Docker Engine (systemd)"
  as_root systemctl start docker ||
    die "systemd could not start docker.service" "see 'journalctl -u docker -n 50'"
  wait_for_engine true ||
    die "docker.service runs, but nothing answers at $address" "see 'journalctl -u docker -n 50'"
}

start_detached() {
  local log
  log="$(state_dir)/engine/dockerd.log"
  say "starting the Docker Engine (log: $log)"
  as_root bash "$here/dockerd.sh" start "$(state_dir)/engine"
  wait_for_engine as_root bash "$here/dockerd.sh" alive "$(state_dir)/engine" || {
    as_root tail -n 15 "$log" >&2 || true
    die "the Docker Engine did not start; the end of its log is above" \
        "$(as_root bash "$here/dockerd.sh" hint "$(state_dir)/engine")"
  }
}

# Caches, locks and the engine's log are kept there, by this user and by root.
prepare_state() {
  local folder
  folder="$(state_dir)"
  if [ ! -d "$folder" ] || [ ! -w "$folder" ]; then
    as_root install -d -m 755 -o "$(id -u)" "$folder"
  fi
}

ensure() {
  local code=0
  prepare_state
  ping || code=$?
  [ "$code" -ne 0 ] || return 0
  [ "$code" -ne 13 ] || refuse_socket
  [ "$address" = "$DEFAULT_ADDRESS" ] ||
    die "no Docker Engine answers at $address" \
        "start it, or unset DOCKER_HOST and GRADER_DOCKER_HOST to have one started here"
  command -v dockerd >/dev/null && command -v iptables >/dev/null ||
    bash "$here/packages.sh" docker.io iptables ca-certificates
  if [ -d /run/systemd/system ]; then start_with_systemd; else start_detached; fi
}

case "${1:-ensure}" in
  ensure) ensure ;;
  stop) as_root bash "$here/dockerd.sh" stop "$(state_dir)/engine" ;;
  *) die "unknown command: $1" "engine.sh [ensure|stop]" ;;
esac
