#!/usr/bin/env bash
# From a fresh clone to the comparison table: sets up, fetches MNIST, trains with one rank and with
# two, one thread each.
#   jobs/quickstart.sh [options of mnist-mpi, for both runs]    e.g. jobs/quickstart.sh --model mlp
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

set_up
# A caller who names other data needs no MNIST.
case " $* " in
  *" --data "* | *" --data="*) ;;
  *) get_data ;;
esac
build --product mnist-mpi

if can_bind 2; then
  placement=(--bind-to core)
  echo "Two runs of the same work, every rank bound to one core."
else
  placement=(--bind-to none --oversubscribe)
  echo "Two ranks cannot have a core each here: they run unbound, and the figures are no measurement."
fi

# Later options win, so the caller's replace these.
options=(--threads 1 --results "$root/results")
# Under mpirun a rank cannot tell whether its output is read on a terminal; this script can.
if [[ -t 1 ]]; then
  options+=(--progress on)
fi
for ranks in 1 2; do
  echo
  echo "mpirun -np $ranks ${placement[*]} mnist-mpi ${options[*]} $*"
  mpirun -np "$ranks" "${placement[@]}" "$program" "${options[@]}" "$@"
done
