#!/bin/sh
# Installs what the tests need and a fresh Debian lacks: a C compiler for -race,
# Redis, PostgreSQL, Chromium and a Chinese font. Does nothing if all is there.
set -eu

packages=""
lacks() { packages="$packages $*"; }

command -v gcc >/dev/null 2>&1 || lacks gcc libc6-dev
command -v redis-server >/dev/null 2>&1 || lacks redis-server
command -v redis-cli >/dev/null 2>&1 || lacks redis-tools
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || lacks postgresql
command -v chromium >/dev/null 2>&1 || lacks chromium
{ command -v fc-list >/dev/null 2>&1 && fc-list :lang=zh | grep -q .; } || lacks fontconfig fonts-noto-cjk

if [ -n "$packages" ]; then
  echo "== installing:$packages"
  sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo"
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get update -qq
  # shellcheck disable=SC2086
  $sudo apt-get install -y -qq --no-install-recommends $packages >/dev/null
fi

command -v node >/dev/null 2>&1 || { echo "node (20 or newer) and npm are needed for the browser tests: apt-get install nodejs npm" >&2; exit 1; }
