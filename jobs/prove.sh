#!/usr/bin/env bash
# Trains the same work with --reproducible, for many rank counts, thread counts and gradient exchange
# methods, and prints one table with the hash of the weights after every epoch.
#   jobs/prove.sh [--limit 6400] [--epochs 1] [--ranks "1 2 3 4 5 6 8"] [--threads "1 2"] [--batches "64 96 100"]
#                 [--models "cnn mlp"] [--optimizers "adam sgd"] [--hostfile FILE] [--every]
#                 [--steps N] [--mpi "openmpi mpich"]
# A work is a model, an optimizer and a global batch. Without --every, each work runs once on every rank
# count, the runs cycle through threads, exchange methods and MPI families, and the first run is repeated.
# With --every, all combinations run. With --hostfile, runs of several ranks are spread over its hosts.
# --mpi lists the families of MPI libraries, each built in its own folder; default: MPI, else what mpicc is.
# Exit code 1 if any hash differs.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case " $* " in
  *" --help "* | *" -h "*) exec sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
esac

families=() options=()
while (($#)); do
  case $1 in
    --mpi=*) read -ra families <<<"${1#--mpi=}" ;;
    --mpi)
      read -ra families <<<"${2:-}"
      shift
      ;;
    *) options+=("$1") ;;
  esac
  shift
done
choose_mpi
((${#families[@]})) || families=("$MPI")
for family in "${families[@]}"; do
  MPI=$family
  set_up
  build --product mnist-mpi
  options+=(--family "$family" "$program" "$(find_mpirun "$family") $(placement "$family" crowded | paste -sd ' ')")
  options+=("$(placement "$family" spread | paste -sd ' ')")
done
get_data
exec python3 "$root/jobs/prove.py" --data "$MNIST_DATA" "${options[@]}"
