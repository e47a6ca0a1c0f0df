#!/usr/bin/env bash
# Trains the same work in the reproducible mode on many numbers of ranks and threads, by each way of
# exchange, and prints one table of hashes: of the weights after every epoch.
#   jobs/prove.sh [--limit 6400] [--epochs 1] [--ranks "1 2 3 4 5 6 8"] [--threads "1 2"] [--batches "64 96 100"]
#                 [--models "cnn mlp"] [--optimizers "adam sgd"] [--hostfile FILE] [--every]
# Without --every each work is run on every number of ranks once, threads and ways taking turns; the first
# run of each work is made twice. With --every all combinations are run. With --hostfile the
# runs of several ranks are spread over its hosts. Exit code 1 if one hash differs.
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
