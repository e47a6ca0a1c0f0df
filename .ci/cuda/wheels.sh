# shellcheck shell=bash
# Downloads parts of NVIDIA's CUDA from Python wheels, for checks that need no GPU. Sourced by the checks.
# Each wheel is kept in a directory of CUDA_WHEELS (default: data/cuda in the repository).

wheels=${CUDA_WHEELS:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/data/cuda}

# Prints the directory of an unpacked wheel, after downloading it if it is missing. Fails with the reason on
# stderr if it cannot be downloaded.
#   wheel NAME VERSION    e.g. wheel nvidia-cuda-nvrtc '13.0.*'
wheel() {
  local name=$1 version=$2 directory work
  directory=$wheels/$name-${version//[^0-9.]/}
  if [[ ! -d $directory ]]; then
    work=$(mktemp -d)
    if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --dest "$work" "$name==$version" >"$work/log" 2>&1; then
      echo "$name==$version cannot be downloaded: $(tail -n 1 "$work/log")" >&2
      rm -rf "$work"
      return 1
    fi
    mkdir -p "$wheels"
    python3 -m zipfile -e "$work"/*.whl "$work/unpacked"
    # Moved only when it is complete, so that no later run finds a partial wheel.
    mv "$work/unpacked" "$directory" 2>/dev/null || [[ -d $directory ]]
    rm -rf "$work"
  fi
  echo "$directory"
}

# The same for a few files of a wheel that is too large to be downloaded completely.
#   files_of NAME VERSION FILE...
files_of() {
  local name=$1 version=$2 directory work
  shift 2
  directory=$wheels/$name-${version//[^0-9.]/}files
  if [[ ! -d $directory ]]; then
    work=$(mktemp -d)
    if ! python3 "$(dirname "${BASH_SOURCE[0]}")/remote_file.py" "$name" "${version%.\*}" "$work" "$@" \
      >"$work/log" 2>&1; then
      echo "$name==$version: $* cannot be downloaded: $(tail -n 1 "$work/log")" >&2
      rm -rf "$work"
      return 1
    fi
    rm "$work/log"
    mkdir -p "$wheels"
    mv "$work" "$directory" 2>/dev/null || [[ -d $directory ]]
  fi
  echo "$directory"
}
