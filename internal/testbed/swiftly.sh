#!/bin/sh
# swiftly.sh COMMAND…  runs it with temporary files in memory, where a sync costs nothing.
#
# No test pulls a plug: what survives a killed process or server survives it there too. Tests
# of a full disk or a slow link make their own. Where memory is short, no program may run from
# /dev/shm, or TMPDIR says where to go, all stays as it is. What the compiler writes stays on
# disk: it is large, and nobody syncs it.
set -eu

ROOM=4194304 # KiB that must be free, of the folder and of the machine: twice what the tests take at most

roomy() { # of a folder
  [ "$(df -Pk "$1" | awk 'NR==2 {print $4}')" -ge $ROOM ] && [ "$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)" -ge $ROOM ]
}

runs() { # programs, from a folder
  printf '#!/bin/sh\n' >"$1/runs" && chmod +x "$1/runs" && "$1/runs"
}

memory=/dev/shm
[ -z "${TMPDIR:-}" ] && [ -d $memory ] && [ -w $memory ] && roomy $memory 2>/dev/null || exec "$@"

scratch=$(mktemp -d $memory/wenda-test-XXXXXX)
trap 'rm -rf "$scratch" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
chmod 755 "$scratch" # PostgreSQL's own user enters
runs "$scratch" 2>/dev/null || { rm -rf "$scratch"; trap - EXIT; exec "$@"; }
GOTMPDIR="${GOTMPDIR:-/tmp}" TMPDIR="$scratch" "$@"
