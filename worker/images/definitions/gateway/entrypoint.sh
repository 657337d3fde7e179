#!/bin/bash
# Run the proxy and the mirror; when either ends, end the container, and the engine restarts both.
set -euo pipefail
mkdir -p /var/cache/grader/{squid,nginx,temp}
rm -f /tmp/*.pid
# Makes the folders of an empty cache; has nothing to do otherwise.
squid -N -z -f /etc/grader/squid.conf 2>&1 | grep -v '| ' || true
rm -f /tmp/*.pid
squid -N -f /etc/grader/squid.conf &
nginx -c /etc/grader/nginx.conf -g 'daemon off;' &
trap 'kill -TERM $(jobs -p) 2>/dev/null' TERM INT
wait -n
kill -TERM $(jobs -p) 2>/dev/null || true
exit 1
