#!/usr/bin/env bash
# Finds, among the same candidates, the shortest recipe with which PyTorch and mnist-mpi reach
# 99.0 % on the test set, with one thread each, and prints the accuracy of each candidate.
#   jobs/peers/time-to-accuracy.sh [--seeds 5] [--grid "128,256 one-cycle:3e-3,4e-3 1,1.5"] [--file FILE]
#   jobs/peers/time-to-accuracy.sh --help    all options
# It takes hours. Every run is written to FILE, so that the search can be stopped and resumed.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=jobs/peers/environment.sh
. "$root/jobs/peers/environment.sh"

case " $* " in
  *" --help "* | *" -h "*)
    exec python3 "$root/jobs/peers/time_to_accuracy.py" "$@"
    ;;
esac

# The peers start Open MPI's mpirun.
export MPI=openmpi
set_up
get_data
build --product mnist-mpi
peers_environment numpy torch

exec "$peers_python" "$root/jobs/peers/time_to_accuracy.py" \
  --program "$program" --data "$MNIST_DATA" "$@"
