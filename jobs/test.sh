#!/usr/bin/env bash
# Runs the tests on the release configuration.
#   jobs/test.sh [options of swift test]    e.g. jobs/test.sh --filter Dataset
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

set_up
get_data
# Two steps on purpose: by itself `swift test` compiles every module for @testable imports, which is
# another program than the one that `swift build` makes, and replaces that one.
build --build-tests
exec swift test --package-path "$root" -c release --skip-build "$@"
