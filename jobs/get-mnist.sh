#!/usr/bin/env bash
# Downloads the four official MNIST files and checks them:  jobs/get-mnist.sh [DIR]
# DIR defaults to data/mnist in this repository. Files that are present and correct stay untouched.
set -euo pipefail

jobs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if (($# > 1)) || [[ ${1:-} == -* ]]; then
  echo "usage: jobs/get-mnist.sh [DIR]    (default: data/mnist in the repository)" >&2
  [[ ${1:-} == -h || ${1:-} == --help ]] && exit 0
  exit 2
fi
directory=${1:-$(dirname "$jobs")/data/mnist}

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
  echo "get-mnist: needs python3, version 3.9 or newer; install it (Debian: apt install python3)" >&2
  exit 1
fi
# exec: signals then reach the Python program, which removes its incomplete files.
exec python3 "$jobs/mnist/get_mnist.py" "$directory"
