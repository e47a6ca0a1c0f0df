#!/usr/bin/env bash
# Tests jobs/get-data.sh against mirrors on this machine that have made files:  run.sh MODULE...
# MODULE is test_files, test_archives or test_scripts. Exit status: 0 if all tests pass.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
# Requests to 127.0.0.1 must not go to a proxy; the test sets its own mirrors.
unset MNIST_MPI_MIRROR http_proxy HTTP_PROXY
export PYTHONDONTWRITEBYTECODE=1
exec python3 -m unittest -v "$@" 2>&1
