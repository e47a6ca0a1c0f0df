# shellcheck shell=bash
# Parts of NVIDIA's CUDA from their Python wheels, for checks that need no GPU. Sourced by the checks.
# They are kept in CUDA_WHEELS (default: data/cuda in the repository), a directory each.

wheels=${CUDA_WHEELS:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/data/cuda}

# Prints the directory of an unpacked wheel, fetching it if it is not there; fails with the reason on
# stderr where it cannot be had.
#   wheel NAME VERSION    e.g. wheel nvidia-cuda-nvrtc '13.0.*'
wheel() {
  local name=$1 version=$2 place work
  place=$wheels/$name-${version//[^0-9.]/}
  if [[ ! -d $place ]]; then
    work=$(mktemp -d)
    if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --dest "$work" "$name==$version" >"$work/log" 2>&1; then
      echo "$name==$version cannot be had: $(tail -n 1 "$work/log")" >&2
      rm -rf "$work"
      return 1
    fi
    mkdir -p "$wheels"
    python3 -m zipfile -e "$work"/*.whl "$work/unpacked"
    # Renamed when it is whole, so that no later run finds a part of it.
    mv "$work/unpacked" "$place" 2>/dev/null || [[ -d $place ]]
    rm -rf "$work"
  fi
  echo "$place"
}

# The same for a few files of a wheel that is too large to be fetched whole.
#   files_of NAME VERSION FILE...
files_of() {
  local name=$1 version=$2 place work
  shift 2
  place=$wheels/$name-${version//[^0-9.]/}files
  if [[ ! -d $place ]]; then
    work=$(mktemp -d)
    if ! python3 "$(dirname "${BASH_SOURCE[0]}")/remote_file.py" "$name" "${version%.\*}" "$work" "$@" \
      >"$work/log" 2>&1; then
      echo "$name==$version: $* cannot be had: $(tail -n 1 "$work/log")" >&2
      rm -rf "$work"
      return 1
    fi
    rm "$work/log"
    mkdir -p "$wheels"
    mv "$work" "$place" 2>/dev/null || [[ -d $place ]]
  fi
  echo "$place"
}
