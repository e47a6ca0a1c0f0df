#!/usr/bin/env bash
# The first process in the namespaces that jobs/cluster/test.sh makes: builds the cluster, runs the parts'
# tests and counts. Not to be started by hand.
#   inside.sh part...    each slurm or hosts
set -euo pipefail
[[ $$ == 1 ]] || { echo "inside.sh: it is started by jobs/cluster/test.sh" >&2 && exit 1; }
exec 2>&3 3>&-
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
here=$root/jobs/cluster

# Everything that the tests write goes to memory that nobody else sees and that ends with them: also
# the sockets that munge, sshd and others keep in /run, and the files that MPI shares memory through.
mount --no-mtab -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
scratch=/run/cluster
mkdir -p "$scratch/tmp" /run/lock
trap 'echo "FAILED: the tests broke off here"' EXIT
export LC_ALL=C TMPDIR=$scratch/tmp OMPI_MCA_orte_tmpdir_base=$scratch/tmp
cd "$scratch"
# A copy, so that a build beside the tests changes nothing, and only our own ranks run this file.
cp "$MNIST_MPI" mnist-mpi
# With the tests a driver is built that computes on the CPU.
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
# shellcheck source=jobs/cluster/hosts.sh
. "$here/hosts.sh"
# shellcheck source=jobs/cluster/hosts-tests.sh
. "$here/hosts-tests.sh"
# shellcheck source=jobs/cluster/doctor-tests.sh
. "$here/doctor-tests.sh"

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
