#!/usr/bin/env bash
# The first process in the namespaces that jobs/cluster/test.sh creates: sets up the cluster, runs
# the tests of the parts and counts the results. Do not start it by hand.
#   inside.sh part...    each slurm, hosts, requeue, faults, ledger or projection
set -euo pipefail
[[ $$ == 1 ]] || { echo "inside.sh: start jobs/cluster/test.sh instead" >&2 && exit 1; }
exec 2>&3 3>&-
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
here=$root/jobs/cluster

# All files that the tests write are in memory, are visible only inside the namespaces and vanish
# with them. This includes the sockets of munge, sshd and others in /run, and MPI's shared memory
# files in /dev/shm.
mount --no-mtab -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
scratch=/run/cluster
mkdir -p "$scratch/tmp" /run/lock
trap 'echo "FAILED: the tests stopped early here"' EXIT
export LC_ALL=C TMPDIR=$scratch/tmp OMPI_MCA_orte_tmpdir_base=$scratch/tmp
cd "$scratch"
# Use a copy of the program: a build during the tests does not change it, and only ranks of these
# tests run it.
cp "$MNIST_MPI" mnist-mpi
# A CUDA driver that computes on the CPU (Tests/FakeCUDA); `swift build --build-tests` builds it.
fake_cuda=$scratch/libFakeCUDA.so
cp "$(dirname "$MNIST_MPI")/libFakeCUDA.so" "$fake_cuda" 2>/dev/null || true
export MNIST_MPI=$scratch/mnist-mpi

# shellcheck source=jobs/cluster/checks.sh
. "$here/checks.sh"
# shellcheck source=jobs/cluster/nodes.sh
. "$here/nodes.sh"
# shellcheck source=jobs/cluster/slurm.sh
. "$here/slurm.sh"
# shellcheck source=jobs/cluster/slurm-tests.sh
. "$here/slurm-tests.sh"
# shellcheck source=jobs/cluster/requeue-tests.sh
. "$here/requeue-tests.sh"
# shellcheck source=jobs/cluster/hosts.sh
. "$here/hosts.sh"
# shellcheck source=jobs/cluster/hosts-tests.sh
. "$here/hosts-tests.sh"
# shellcheck source=jobs/cluster/doctor-tests.sh
. "$here/doctor-tests.sh"
# shellcheck source=jobs/cluster/study-tests.sh
. "$here/study-tests.sh"
# shellcheck source=jobs/cluster/fault-tests.sh
. "$here/fault-tests.sh"
# shellcheck source=jobs/cluster/projection-tests.sh
. "$here/projection-tests.sh"

if ! nodes_up >"$log" 2>&1; then
  for part in "$@"; do
    not_here "$part" "no network of its own (bridge, veth): $(tail -n 1 "$log")"
  done
  summary
fi
for part in "$@"; do
  "${part}_tests"
done
summary
