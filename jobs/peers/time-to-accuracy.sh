#!/usr/bin/env bash
# Finds the shortest recipe that reaches 99.0 % on the test set, for PyTorch and for mnist-mpi among
# the same candidates, one thread each, and prints what each candidate reached.
#   jobs/peers/time-to-accuracy.sh [--seeds 5] [--grid "128,256 one-cycle:3e-3,4e-3 1,1.5"] [--file FILE]
#   jobs/peers/time-to-accuracy.sh --help    all options
# It takes hours; every single run is kept in FILE, so it can be stopped and started again.
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

set_up
get_data
build --product mnist-mpi
peers_environment numpy torch

exec "$peers_python" "$root/jobs/peers/time_to_accuracy.py" \
  --program "$program" --data "$MNIST_DATA" "$@"
