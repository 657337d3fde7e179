#!/usr/bin/env bash
# Run a Docker Engine of our own on a machine without systemd. Needs root; see engine.sh.
#
#   dockerd.sh start DIR   start it detached; DIR holds dockerd.pid, dockerd.log and the lock
#   dockerd.sh alive DIR   whether it (or another engine) still runs
#   dockerd.sh stop DIR    stop the one started here
#   dockerd.sh hint DIR    one thing to try, by what the log says
#
# Only a process whose pid we noted *and* whose command line is dockerd's is ever signalled: pids
# are reused, and after a hard power-off the note may name anything.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=worker/host/lib.sh
. "$here/lib.sh"

dir="$2"
noted="$dir/dockerd.pid"
log="$dir/dockerd.log"
ENGINE_PID=/var/run/docker.pid

# is PID NAME: whether the process runs and its program is NAME.
is() {
  local program
  [ -n "$1" ] && [ -r "/proc/$1/cmdline" ] || return 1
  program="$(tr '\0' '\n' <"/proc/$1/cmdline" | head -n 1)"
  [ "${program##*/}" = "$2" ]
}

read_pid() { head -n 1 "$1" 2>/dev/null | tr -cd 0-9 || true; }
listens() { "${PYTHON:-python3}" -I -S "$here/ping.py" --open "$1"; }

# After a crash or a power-off files may be left that make the next start fail: a pid file whose
# number another program has now, or a socket nobody listens on (dockerd takes the mere presence
# of containerd's socket for a running containerd).
clear_leftovers() {
  local file name
  for file in "$ENGINE_PID:dockerd" /var/run/docker/containerd/containerd.pid:containerd; do
    name="${file##*:}" file="${file%:*}"
    [ ! -e "$file" ] || is "$(read_pid "$file")" "$name" || rm -f "$file"
  done
  for file in /run/containerd/containerd.sock /var/run/docker/containerd/containerd.sock; do
    [ ! -S "$file" ] || listens "$file" || rm -f "$file"
  done
}

stop() {
  local pid
  pid="$(read_pid "$noted")"
  if is "$pid" dockerd; then
    kill -TERM "$pid"
    for _ in $(seq 150); do is "$pid" dockerd || break; sleep 0.1; done
    ! is "$pid" dockerd || kill -KILL "$pid"
  fi
  rm -f "$noted"
}

alive() { is "$(read_pid "$noted")" dockerd || is "$(read_pid "$ENGINE_PID")" dockerd; }

start() {
  mkdir -p "$dir"
  exec 9>"$dir/lock"
  flock 9
  # Another set-up may have started it while this one waited for the lock: then it is only slow.
  ! alive || return 0
  clear_leftovers
  [ ! -e "$log" ] || mv -f "$log" "$log.1"
  # 9>&-: the engine outlives this script and must not keep its lock.
  setsid dockerd >"$log" 2>&1 </dev/null 9>&- &
  echo "$!" >"$noted"
}

hint() {
  if alive; then
    say "it runs but does not answer; 'bash worker/host/engine.sh stop' ends one started here"
    return
  fi
  case "$(grep -E 'level=(fatal|error)|failed to' "$log" 2>/dev/null | tail -n 5)" in
    *iptables*) say "install iptables and load its kernel modules ('iptables -t nat -L' must work)" ;;
    *cgroup*) say "mount the cgroup file systems, for example with the package cgroupfs-mount" ;;
    *"permission denied"* | *"operation not permitted"*)
      say "this looks like a container without privileges: run on a real or virtual machine" ;;
    *) say "read $log, or start an engine yourself and set DOCKER_HOST" ;;
  esac
}

case "$1" in
  start | alive | stop | hint) "$1" ;;
  *) die "unknown command: $1" "dockerd.sh start|alive|stop|hint DIR" ;;
esac
