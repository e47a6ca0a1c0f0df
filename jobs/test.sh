#!/usr/bin/env bash
# Runs the tests on the release configuration: `swift test`, then jobs/cluster/test.sh, which prints
# the name of each part that it skips.
#   jobs/test.sh [options of swift test]    e.g. jobs/test.sh --filter Dataset
# With options, only `swift test` runs.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

set_up
get_data
# Build and test are two steps, because `swift test` alone compiles every module for @testable
# imports. The result differs from the program of `swift build` and would replace it in .build.
build --build-tests
swift test --package-path "$root" -c release --skip-build "$@"

echo
if (($#)); then
  echo "skipped: cluster tests: swift test was given options"
else
  MNIST_MPI=$program exec bash "$root/jobs/cluster/test.sh"
fi
