#!/usr/bin/env bash
# Downloads a data set and checks it by its hashes:  jobs/get-data.sh NAME [DIR]
#   mnist           as jobs/get-mnist.sh
#   fashion-mnist   from its mirror, or from Debian's package dataset-fashion-mnist
#   kmnist, qmnist  from their mirrors
#   emnist-SPLIT    balanced, byclass, bymerge, digits, letters or mnist; the archive of all splits has 562 MB
#   bloodmnist, breastmnist, dermamnist, octmnist, organamnist, organcmnist, organsmnist, pathmnist,
#   pneumoniamnist, retinamnist, tissuemnist
#                   sets of MedMNIST, 28x28, each as its archive NAME.npz
# DIR defaults to data/NAME in this repository. Files that are present and correct stay untouched. The
# archive of EMNIST, gzip.zip, is used instead of a download if it is in DIR.
#
# MNIST_MPI_MIRROR=URL replaces the official mirrors: URL/FILE is fetched for each file. The hashes stay.
set -euo pipefail

jobs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=jobs/datasets/start.sh
. "$jobs/datasets/start.sh"

if (($# < 1 || $# > 2)) || [[ $1 == -* ]]; then
  echo "usage: jobs/get-data.sh NAME [DIR]    (default: data/NAME in the repository)" >&2
  sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
  [[ ${1:-} == -h || ${1:-} == --help ]] && exit 0
  exit 2
fi
start get-data get_data.py "$1" "${2:-$(dirname "$jobs")/data/$1}"
