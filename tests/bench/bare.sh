#!/usr/bin/env bash
# The same work by hand: docker build, docker run with the same limits, and the same pytest,
# Schemathesis and Locust processes in a sidecar, one after the other; nothing else.
#
#   bare.sh CONTEXT CALIBRATION_IMAGE HARNESS_IMAGE SETUP_DIR
#
# SETUP_DIR holds the first line for each harness: functional.json, contract.json, load.json, and
# slices.ndjson, the commands that pace a load harness. Marks with times go to standard output.
set -euo pipefail

context=$1 calibration=$2 harness=$3 setups=$4
image="grader/bench-bare:latest"
limits=(--memory 512m --memory-swap 512m --pids-limit 256 --cpus 1 --cap-drop ALL
  --security-opt no-new-privileges --init)
names=()

mark() { printf '%s %s\n' "$1" "$(date +%s.%N)"; }
cleanup() { [ ${#names[@]} -eq 0 ] || docker rm -f -v "${names[@]}" >/dev/null 2>&1 || true; }
trap cleanup EXIT

# start_app NAME IMAGE: beside a holder of its network, which outlives restarts of the app.
start_app() {
  names+=("$1" "$1-net")
  docker run -d --name "$1-net" --network none --cap-drop ALL \
    --entrypoint /opt/venv/bin/python "$harness" \
    -I -c 'import signal; signal.sigwait({signal.SIGTERM})' >/dev/null
  docker run -d --name "$1" --network "container:$1-net" "${limits[@]}" "$2" >/dev/null
}

stop_apps() {
  docker rm -f -v "${names[@]}" >/dev/null
  names=()
}

sidecar() {
  docker run -i --rm --network "container:$1-net" --cap-drop ALL --memory 768m --memory-swap 768m \
    --read-only --tmpfs /tmp --user 10002 --entrypoint /opt/venv/bin/python "$harness" \
    -I -m harnesses.kit "$2"
}

# converse APP KIND: feed the harness its setup, restart the app when it asks, stop at its end.
converse() {
  local app=$1 kind=$2 first=1 line
  coproc HARNESS { sidecar "$app" "$kind"; }
  local out=${HARNESS[0]} into=${HARNESS[1]} pid=$HARNESS_PID
  cat "$setups/$kind.json" >&"$into"
  while IFS= read -r line <&"$out"; do
    case $line in
      *'"type":"request"'*)
        docker restart -t 2 "$app" >/dev/null
        printf '{"type":"reply","id":1,"ok":true}\n' >&"$into" ;;
      *'"type":"check_finished"'*)
        case $line in *'"outcome":"passed"'*) ;; *) echo "a check was lost: $line" >&2; exit 1 ;; esac
        if [ "$first" = 1 ]; then mark "$kind-first"; first=0; fi ;;
      *'"type":"finished"'* | *'"type":"broken"'*) break ;;
    esac
  done
  mark "$kind-end"
  wait "$pid" 2>/dev/null || true
}

# pace APP CALIBRATION: two load harnesses take turns.
pace() {
  local line twin_out twin_in
  coproc TWIN { sidecar "$2" load; }
  twin_out=${TWIN[0]} twin_in=${TWIN[1]}
  exec {twin_out_fd}<&"$twin_out" {twin_in_fd}>&"$twin_in"
  { coproc OWN { sidecar "$1" load; }; } 2>/dev/null  # a second one is meant
  exec {own_out_fd}<&"${OWN[0]}" {own_in_fd}>&"${OWN[1]}"
  cat "$setups/load.json" >&"$twin_in_fd"
  cat "$setups/load.json" >&"$own_in_fd"
  expect_type "$twin_out_fd" ready
  expect_type "$own_out_fd" ready
  while IFS= read -r line; do
    printf '%s\n' "$line" >&"$twin_in_fd"
    expect_type "$twin_out_fd" slice_done
    printf '%s\n' "$line" >&"$own_in_fd"
    expect_type "$own_out_fd" slice_done
  done < "$setups/slices.ndjson"
  printf '{"type":"stop"}\n' >&"$own_in_fd"
  expect_type "$own_out_fd" finished
  printf '{"type":"stop"}\n' >&"$twin_in_fd"
  expect_type "$twin_out_fd" finished
  mark load-end
}

# expect_type FD TYPE: read events until one of this type.
expect_type() {
  local line
  while IFS= read -r line <&"$1"; do
    case $line in *"\"type\":\"$2\""*) return 0 ;; esac
  done
  echo "the harness ended before $2" >&2
  return 1
}

mark start
docker build -q -t "$image" -f "$context/.grader/Dockerfile" "$context" >/dev/null
mark built
start_app bench-functional "$image"
converse bench-functional functional
stop_apps
start_app bench-contract "$image"
converse bench-contract contract
stop_apps
start_app bench-load "$image"
start_app bench-calibration "$calibration"
pace bench-load bench-calibration
stop_apps
mark end
