#!/bin/sh
# Installs the dependencies. Compilers are fetched only where a pinned version turns out to have no
# ready-made build, which shows when it fails without them.
cd "$(dirname "$0")" || exit 1
work=$(mktemp -d)
export UV_CACHE_DIR=$work/cache UV_NO_PROGRESS=1 UV_PYTHON_DOWNLOADS=never
log=$work/log
have=

set -- --requirements requirements.txt
[ -s constraints.txt ] && set -- "$@" --constraints constraints.txt

# What the log says is missing, as Debian packages that are not there yet.
missing() {
  grep -Eiq "failed to build|error: command|gcc|clang|cc1" "$log" || return
  echo gcc libc6-dev
  grep -Eq "g\+\+|c\+\+|cc1plus" "$log" && echo g++
  grep -Eq "pg_config|libpq" "$log" && echo libpq-dev
  grep -Eiq "mysql|mariadb" "$log" && echo default-libmysqlclient-dev pkg-config
  grep -Eq "ffi\.h|libffi" "$log" && echo libffi-dev
  grep -Eq "openssl|ssl\.h" "$log" && echo libssl-dev pkg-config
  grep -Eq "libxml|libxslt" "$log" && echo libxml2-dev libxslt1-dev
  grep -Eq "jpeg|zlib" "$log" && echo libjpeg-dev zlib1g-dev
  grep -Eiq "cmake" "$log" && echo cmake make
  grep -Eiq "\bmake\b" "$log" && echo make
}

for _ in 1 2 3 4; do
  if uv pip install --system --break-system-packages --compile-bytecode "$@" >"$log" 2>&1; then
    cat "$log"
    rm -rf "$work"
    exit 0
  fi
  new=
  for package in $(missing); do
    case " $have $new " in *" $package "*) ;; *) new="$new $package" ;; esac
  done
  [ -n "$new" ] || break
  echo "A package has no ready-made build for this Python; compiling it with:$new"
  [ -n "$have" ] || apt-get update -q >"$work/apt" 2>&1
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $new \
    >>"$work/apt" 2>&1 || { tail -n 5 "$work/apt"; break; }
  have="$have $new"
done
cat "$log"
rm -rf "$work"
exit 1
