#!/usr/bin/env bash
# Tests sbatch, srun, and mpirun over ssh on one machine: three nodes with their own host names and
# networks, a real Slurm, a real sshd, and the real single.sbatch, multi.sbatch and gpu.sbatch.
#   jobs/cluster/test.sh [--require] [slurm] [hosts] [requeue] [faults] [ledger] [projection]
#     default: slurm and hosts
#   MPI=mpich jobs/cluster/test.sh [--require] [requeue] [faults]          with MPICH; default: both
# Needs root on Debian or a derivative, and the built program: MNIST_MPI, or else the one of the
# repository. A part that the machine does not allow is skipped and named; with --require a skipped
# part is a failure.
#
# The nodes exist only in new Linux namespaces, which have their own process ids, network, mounts,
# /run and /dev/shm. When the first process in them ends, however this script ended, the kernel
# kills all other processes in them and removes the namespaces. The tests neither use nor see the
# machine's own network, Slurm, munge and sshd.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=jobs/cluster/packages.sh
. "$root/jobs/cluster/packages.sh"

usage="usage: jobs/cluster/test.sh [--require] [slurm] [hosts] [requeue] [faults] [ledger] [projection]"
require=0
parts=()
while (($#)); do
  case $1 in
    --require) require=1 ;;
    slurm | hosts | requeue | faults | ledger | projection) parts+=("$1") ;;
    -h | --help)
      echo "$usage"
      exit 0
      ;;
    *) die "$usage" ;;
  esac
  shift
done
export MPI=${MPI:-openmpi}
choose_mpi
if [[ $MPI == openmpi ]]; then
  ((${#parts[@]})) || parts=(slurm hosts)
else
  ((${#parts[@]})) || parts=(requeue faults)
  [[ " ${parts[*]} " != *" "@(slurm|hosts|ledger|projection)" "* ]] || die "MPI=$MPI: only the parts requeue and faults know its launcher"
fi

# System programs are not on every user's PATH.
PATH=$PATH:/usr/sbin:/sbin
skipped=0
possible=()

# Prints that a part is skipped and the reason.
#   skip PART "reason"
skip() {
  local name=$1
  [[ $name != slurm && $name != requeue ]] || name=SLURM
  echo "skipped: $name: $2"
  skipped=$((skipped + 1))
}

# Starts a command in new namespaces. No process there can outlive the command or this script. The
# command has its own session: Ctrl-C ends it only through this script, and ssh finds no terminal
# for prompts.
enclosed() {
  exec setpriv --pdeathsig KILL setsid \
    unshare --mount --uts --ipc --net --pid --fork --kill-child --mount-proc "$@"
}

# Ends all processes in the namespaces and returns when they are gone: `unshare` waits for its
# child, and the kernel keeps that child until every process of its namespace has ended.
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

# Prints why no cluster can be created here; prints nothing if one can.
obstacle() {
  [[ $(uname -s) == Linux ]] || { echo "needs Linux" && return; }
  [[ $(id -u) == 0 ]] || { echo "needs root" && return; }
  local path
  for path in "$root" "$MNIST_MPI" "$MNIST_DATA"; do
    [[ $path != /run/* ]] || { echo "$path is under /run, and the nodes have their own /run" && return; }
  done
  (enclosed sh -c 'mount --no-mtab -t tmpfs tmpfs /run && hostname head') >/dev/null 2>&1 </dev/null ||
    { echo "namespaces cannot be created here (unshare as root)" && return; }
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
  # Variables of a surrounding job or mpirun must not reach the jobs and ranks of the tests.
  for name in "${!SLURM_@}" "${!SBATCH_@}" "${!SRUN_@}" "${!OMPI_@}" "${!PMIX_@}" LAUNCHER BINDING; do
    unset "$name"
  done
  as_root
  # unshare prints an error when it is killed: drop its stderr, and pass that of the tests as 3.
  enclosed bash "$root/jobs/cluster/inside.sh" "${possible[@]}" </dev/null 3>&2 2>/dev/null &
  inner=$!
  wait "$inner" || status=$?
  inner=
  if ((status == 3)); then # inside.sh skipped a part
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
