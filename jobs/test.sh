#!/usr/bin/env bash
# Runs the tests on the release configuration: those of `swift test`, then those of jobs/cluster/test.sh,
# which say by name what they had to skip.
#   jobs/test.sh [options of swift test]    e.g. jobs/test.sh --filter Dataset
# With options, swift test's only.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

set_up
get_data
# Two steps on purpose: by itself `swift test` compiles every module for @testable imports, which is
# another program than the one that `swift build` makes, and replaces that one.
build --build-tests
swift test --package-path "$root" -c release --skip-build "$@"

echo
if (($#)); then
  echo "skipped: cluster tests: swift test was given options"
else
  MNIST_MPI=$program exec bash "$root/jobs/cluster/test.sh"
fi
