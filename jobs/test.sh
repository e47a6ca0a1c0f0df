#!/usr/bin/env bash
# Runs the tests on the release configuration: `swift test`, then the tests of the MPI library once more
# with MPICH, then jobs/cluster/test.sh. Prints the name of each part that it skips.
#   jobs/test.sh [options of swift test]    e.g. jobs/test.sh --filter Dataset
#   MPI=mpich jobs/test.sh                  only the tests of the MPI library, with MPICH
# With options, only `swift test` runs.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The tests that depend on the MPI library: all rank checks, and complete runs with faults, signals and
# the remedies of doctor. More ranks than cores are slow with MPICH, which never yields a core.
mpi_tests='^RankTests\.|^EndToEndTests\.(FaultTests|SignalTests|DoctorTests)/'

# Runs the tests of the MPI library on programs that are built with MPICH. The tests are those of the
# build for Open MPI: they start programs and are not linked with MPI's launcher or library.
test_mpich() {
  local MPI=mpich scratch_path program
  if ! has_mpi mpich; then
    echo "skipped: tests with MPICH: it is not installed (Debian: $(mpi_runtime_package mpich) $(mpi_library_package mpich))"
    return
  fi
  choose_mpi
  build --product rank-checks
  build --product mnist-mpi
  MNIST_MPI_TEST_PROGRAMS=$scratch_path/release MNIST_MPI_TEST_LAUNCHER=$(find_mpirun mpich) \
    env -u MNIST_MPI_PKG_CONFIG swift test --package-path "$root" -c release --skip-build --filter "$mpi_tests"
}

set_up
get_data
# Build and test are two steps, because `swift test` alone compiles every module for @testable
# imports. The result differs from the program of `swift build` and would replace it in .build.
build --build-tests
MNIST_MPI_TEST_LAUNCHER=$(find_mpirun "$MPI")
export MNIST_MPI_TEST_LAUNCHER
if [[ $MPI == mpich ]]; then
  (($#)) || set -- --filter "$mpi_tests"
  exec swift test --package-path "$root" -c release --skip-build --scratch-path "$scratch_path" "$@"
fi
swift test --package-path "$root" -c release --skip-build "$@"

echo
if (($#)); then
  echo "skipped: tests with MPICH, cluster tests: swift test was given options"
else
  test_mpich
  MNIST_MPI=$program exec bash "$root/jobs/cluster/test.sh"
fi
