# shellcheck shell=bash
# Starts a Python program of this folder in place of the script; used by ../get-mnist.sh and ../get-data.sh.
#   start NAME PROGRAM ARGUMENT...    NAME is how the script calls itself in messages

start() {
  local name=$1 program=$2
  shift 2
  if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    echo "$name: needs python3, version 3.9 or newer; install it (Debian: apt install python3)" >&2
    exit 1
  fi
  # exec: signals then reach the Python program, which removes its incomplete files.
  exec python3 "$(dirname "${BASH_SOURCE[0]}")/$program" "$@"
}
