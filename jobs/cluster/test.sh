#!/usr/bin/env bash
# Tests the programs of a cluster, sbatch, srun, and mpirun over ssh, on one machine: three nodes with
# their own host names and networks, a real Slurm, real sshd, the real single.sbatch and multi.sbatch.
#   jobs/cluster/test.sh [--require] [slurm] [hosts]    default: both parts
# Needs root on Debian or its like, and the built program: MNIST_MPI, or else the repository's. What
# the machine does not allow is skipped by name; with --require a skip is a failure.
#
# The nodes exist only for the processes inside: these have their own process ids, network, mounts,
# /run and /dev/shm. When the first process in there ends, the kernel ends all others and everything
# is gone, names included, however this script ended. The machine's own network, Slurm, munge and
# sshd are neither used nor seen.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=jobs/cluster/packages.sh
. "$root/jobs/cluster/packages.sh"

usage="usage: jobs/cluster/test.sh [--require] [slurm] [hosts]"
require=0
parts=()
while (($#)); do
  case $1 in
    --require) require=1 ;;
    slurm | hosts) parts+=("$1") ;;
    -h | --help)
      echo "$usage"
      exit 0
      ;;
    *) die "$usage" ;;
  esac
  shift
done
((${#parts[@]})) || parts=(slurm hosts)

# Programs for the system are not on everybody's PATH.
PATH=$PATH:/usr/sbin:/sbin
skipped=0
possible=()

# Prints that a part is skipped, and why.
#   skip slurm|hosts "reason"
skip() {
  local name=$1
  [[ $name != slurm ]] || name=SLURM
  echo "skipped: $name: $2"
  skipped=$((skipped + 1))
}

# Starts a command in the namespaces; nothing can outlive it there, nor this script.
# In a session of its own: Ctrl-C ends it through this script only, and ssh finds no terminal to ask.
enclosed() {
  exec setpriv --pdeathsig KILL setsid \
    unshare --mount --uts --ipc --net --pid --fork --kill-child --mount-proc "$@"
}

# Ends what runs in the namespaces and returns when all of it is gone: `unshare` waits for its child,
# the kernel keeps that one until every process of its namespace has ended.
inner=
# shellcheck disable=SC2317 # called by the trap
end_inner() {
  local child=
  [[ -n $inner ]] || return 0
  read -r child _ 2>/dev/null <"/proc/$inner/task/$inner/children" || true
  kill -KILL "${child:-$inner}" 2>/dev/null || true
  wait "$inner" 2>/dev/null || true
  inner=
}

trap 'end_inner; restore_start_policy' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Prints why no cluster can be made here, nothing if one can.
obstacle() {
  [[ $(uname -s) == Linux ]] || { echo "needs Linux" && return; }
  [[ $(id -u) == 0 ]] || { echo "needs root" && return; }
  local path
  for path in "$root" "$MNIST_MPI" "$MNIST_DATA"; do
    [[ $path != /run/* ]] || { echo "$path is under /run, and the nodes have a /run of their own" && return; }
  done
  (enclosed sh -c 'mount --no-mtab -t tmpfs tmpfs /run && hostname head') >/dev/null 2>&1 </dev/null ||
    { echo "namespaces cannot be made here (unshare as root)" && return; }
}

export MNIST_MPI=${MNIST_MPI:-$program}
[[ -x $MNIST_MPI ]] || die "no program at $MNIST_MPI; build it first: jobs/install.sh"
MNIST_MPI=$(realpath "$MNIST_MPI")
MNIST_DATA=$(realpath --canonicalize-missing "${MNIST_DATA:-$root/data/mnist}")

reason=$(obstacle)
lacking=
for part in "${parts[@]}"; do
  [[ -n $reason ]] || lacking=$(bring_packages "$part")
  if [[ -n $reason || -n $lacking ]]; then
    skip "$part" "${reason:-$lacking}"
  else
    possible+=("$part")
  fi
done

status=0
if ((${#possible[@]})); then
  get_data
  # Nothing of a surrounding job or mpirun may reach the ones in there.
  for name in "${!SLURM_@}" "${!SBATCH_@}" "${!SRUN_@}" "${!OMPI_@}" "${!PMIX_@}" LAUNCHER BINDING; do
    unset "$name"
  done
  as_root
  # unshare complains when it is ended; the tests' own complaints pass it by as 3.
  enclosed bash "$root/jobs/cluster/inside.sh" "${possible[@]}" </dev/null 3>&2 2>/dev/null &
  inner=$!
  wait "$inner" || status=$?
  inner=
  if ((status == 3)); then # a part was skipped in there
    skipped=$((skipped + 1))
    status=0
  fi
else
  echo "0 passed, 0 failed"
fi
if ((require && skipped)); then
  die "a part was skipped, and --require was given"
fi
exit "$status"
