#!/usr/bin/env bash
# Downloads the four official MNIST files and checks them:  jobs/get-mnist.sh [DIR]
# DIR defaults to data/mnist in this repository. Files that are present and correct stay untouched.
set -euo pipefail

jobs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=jobs/datasets/start.sh
. "$jobs/datasets/start.sh"

if (($# > 1)) || [[ ${1:-} == -* ]]; then
  echo "usage: jobs/get-mnist.sh [DIR]    (default: data/mnist in the repository)" >&2
  [[ ${1:-} == -h || ${1:-} == --help ]] && exit 0
  exit 2
fi
start get-mnist get_mnist.py "${1:-$(dirname "$jobs")/data/mnist}"
