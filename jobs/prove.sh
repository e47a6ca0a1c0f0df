#!/usr/bin/env bash
# Trains the same work with --reproducible, for many rank counts, thread counts and gradient exchange
# methods, and prints one table with the hash of the weights after every epoch.
#   jobs/prove.sh [--limit 6400] [--epochs 1] [--ranks "1 2 3 4 5 6 8"] [--threads "1 2"] [--batches "64 96 100"]
#                 [--models "cnn mlp"] [--optimizers "adam sgd"] [--hostfile FILE] [--every]
# A work is a model, an optimizer and a global batch. Without --every, each work runs once on every rank
# count, the runs cycle through the pairs of threads and exchange method, and the first run is repeated.
# With --every, all combinations run. With --hostfile, runs of several ranks are spread over its hosts.
# Exit code 1 if any hash differs.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case " $* " in
  *" --help "* | *" -h "*) exec sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
esac

set_up
get_data
build --product mnist-mpi
as_root
exec python3 "$root/jobs/prove.py" --program "$program" --data "$MNIST_DATA" "$@"
