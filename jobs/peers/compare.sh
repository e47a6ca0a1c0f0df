#!/usr/bin/env bash
# Measures mnist-mpi and its peers (PyTorch, TensorFlow, JAX) in turn on the same work, and prints
# the table that README.md contains.
#   jobs/peers/compare.sh [--runs 5] [--model cnn|mlp|both] [--batch 64] [--steps N] [--two] [--markdown]
#   jobs/peers/compare.sh --help       all options
# pip installs the peers once into a virtual environment: PEERS_VENV, by default .venv-peers in the
# repository. They need about 7 GB of disk.
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=jobs/peers/environment.sh
. "$root/jobs/peers/environment.sh"

case " $* " in
  *" --help "* | *" -h "*)
    exec python3 "$root/jobs/peers/compare.py" "$@"
    ;;
esac

# The peers start Open MPI's mpirun.
export MPI=openmpi
set_up
get_data
build --product mnist-mpi
peers_environment numpy torch tensorflow-cpu jax mpi4py

placement=()
if can_bind 2; then
  placement=(--bind)
fi
exec "$peers_python" "$root/jobs/peers/compare.py" \
  --program "$program" --data "$MNIST_DATA" "${placement[@]}" "$@"
