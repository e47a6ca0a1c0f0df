#!/usr/bin/env bash
# Goes from a fresh clone to the comparison table: installs the packages, downloads MNIST, builds,
# and trains with one rank and with two, one thread each.
#   jobs/quickstart.sh [options of mnist-mpi, for both runs]    e.g. jobs/quickstart.sh --model mlp
#   MPI=mpich jobs/quickstart.sh                                with MPICH; default: what mpicc is
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

set_up
# With --data, MNIST is not needed.
case " $* " in
  *" --data "* | *" --data="*) ;;
  *) get_data ;;
esac
build --product mnist-mpi

if can_bind 2; then
  kind=(core 1)
  echo "Two runs of the same work, every rank bound to one core."
else
  kind=(crowded)
  echo "Two ranks cannot have a core each here: they run unbound, and the times are not a valid measurement."
fi

mapfile -t placement < <(placement "$MPI" "${kind[@]}")
mpirun=$(find_mpirun "$MPI")

# A later option replaces an earlier one, so the user's options replace these.
options=(--threads 1 --results "$root/results")
# Under mpirun a rank cannot detect whether its output goes to a terminal; this script can.
if [[ -t 1 ]]; then
  options+=(--progress on)
fi
for ranks in 1 2; do
  echo
  echo "$mpirun -np $ranks ${placement[*]} mnist-mpi ${options[*]} $*"
  "$mpirun" -np "$ranks" "${placement[@]}" "$program" "${options[@]}" "$@"
done

# One run each is no study: intervals, and the reasons of the loss, take repeated runs.
echo
echo "For intervals and a loss ledger, about a minute more:"
echo "  ${MNIST_DATA:+MNIST_DATA=$MNIST_DATA }$program study --quick --out $root/results/study"
