# shellcheck shell=bash
# What the scripts in jobs/ have in common. To be sourced after `set -euo pipefail`; runs nothing by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The program that `build` makes.
# shellcheck disable=SC2034 # used by the scripts that source this
program=$root/.build/release/mnist-mpi

# Ends the script with one line on stderr.
die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Open MPI refuses to run as root unless both variables are set. They are left alone for anyone else.
as_root() {
  if [[ $(id -u) == 0 ]]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}

# Runs a command without its output; only if it fails, prints all of it and ends the script.
#   quietly "what it is" command...
quietly() {
  local what=$1 log start=$SECONDS status=0
  shift
  log=$(mktemp)
  printf '%s ... ' "$what"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status == 0)); then
    echo "$((SECONDS - start)) s"
    rm -f "$log"
  else
    echo failed
    cat "$log" >&2
    rm -f "$log"
    die "failed with status $status: $*"
  fi
}

# Prints the Debian packages that are not there. It looks for what they bring, not for their names,
# so libraries from environment modules count as well.
missing_packages() {
  local entry package kind name
  for entry in \
    "pkg-config command pkg-config" "openmpi-bin command mpirun" "python3 command python3" \
    "libopenmpi-dev library mpi-c" "libopenblas-dev library openblas" \
    "zlib1g-dev library zlib" "libssl-dev library libcrypto"; do
    read -r package kind name <<<"$entry"
    if [[ $kind == command ]]; then
      command -v "$name" >/dev/null || echo "$package"
    else
      pkg-config --exists "$name" 2>/dev/null || echo "$package"
    fi
  done
}

# Installs what is missing where that is allowed without a question, else says how to and stops.
install_packages() {
  local packages become=()
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]})) || return 0
  command -v apt-get >/dev/null ||
    die "missing (by their Debian names): ${packages[*]}; install them and run this again"
  if [[ $(id -u) != 0 ]]; then
    sudo -n true 2>/dev/null ||
      die "missing packages; run: sudo apt-get install -y ${packages[*]}"
    become=(sudo)
  fi
  local install=(
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get install -y --no-install-recommends "${packages[@]}"
  )
  echo "Installing ${packages[*]}"
  # The package lists are brought up to date only if it does not go without.
  if ! "${install[@]}" >/dev/null 2>&1 </dev/null; then
    quietly "Updating the package lists" "${become[@]}" apt-get update
    quietly "Installing again" "${install[@]}"
  fi
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]} == 0)) || die "still missing after their installation: ${packages[*]}"
}

# Stops unless Swift 6.1 or newer is on PATH.
require_swift() {
  local wanted=6.1 version where="get it from https://www.swift.org/install"
  command -v swift >/dev/null || die "Swift is missing ($wanted or newer): $where"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  [[ -n $version ]] || die "'swift --version' names no version; a working Swift: $where"
  [[ $(printf '%s\n' "$wanted" "$version" | sort -V | head -n 1) == "$wanted" ]] ||
    die "Swift $version is too old ($wanted or newer): $where"
}

# Everything that a build needs.
set_up() {
  as_root
  install_packages
  require_swift
}

# The revision goes into the program, so that records name it. Every build must be given it alike,
# or the next one links anew.
export_revision() {
  MNIST_MPI_REVISION=$(git -C "$root" describe --always --dirty 2>/dev/null || true)
  export MNIST_MPI_REVISION
}

# Builds the release configuration; the options are handed to `swift build`.
build() {
  export_revision
  quietly "Building mnist-mpi${MNIST_MPI_REVISION:+ (revision $MNIST_MPI_REVISION)}" \
    swift build --package-path "$root" -c release "$@"
}

# Brings MNIST (to MNIST_DATA if that is set) and exports MNIST_DATA.
get_data() {
  export MNIST_DATA=${MNIST_DATA:-$root/data/mnist}
  bash "$root/jobs/get-mnist.sh" "$MNIST_DATA"
}

# Succeeds if N ranks get a core each here, and can be bound to it.
#   can_bind N
can_bind() {
  local cores quota period
  cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
  ((cores >= $1)) || return 1
  # A container may show all cores and yet grant less time than N of them.
  if read -r quota period 2>/dev/null </sys/fs/cgroup/cpu.max && [[ $quota != max ]]; then
    ((quota >= $1 * period)) || return 1
  fi
  mpirun -np "$1" --bind-to core true >/dev/null 2>&1 </dev/null
}
