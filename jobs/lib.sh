# shellcheck shell=bash
# Functions shared by the scripts in jobs/. Source this file after `set -euo pipefail`; it only
# defines variables and functions.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The program that `build` builds.
# shellcheck disable=SC2034 # used by the scripts that source this
program=$root/.build/release/mnist-mpi

# Ends the script with one line on stderr.
die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Allows mpirun to run as root: Open MPI refuses to, unless both variables are set. Does nothing for
# other users.
as_root() {
  if [[ $(id -u) == 0 ]]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}

# Runs a command without its output. If the command fails, prints all output and ends the script.
#   quietly "description" command...
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

# Prints the Debian packages that are missing. It checks for their commands and libraries instead of
# package names, so libraries from environment modules count as present.
missing_packages() {
  local entry package kind name
  for entry in \
    "pkg-config command pkg-config" "openmpi-bin command mpirun" "python3 command python3" \
    "libopenmpi-dev library mpi-c" "libopenblas-dev library openblas" \
    "zlib1g-dev library zlib" "libpng-dev library libpng" "libssl-dev library libcrypto"; do
    read -r package kind name <<<"$entry"
    if [[ $kind == command ]]; then
      command -v "$name" >/dev/null || echo "$package"
    else
      pkg-config --exists "$name" 2>/dev/null || echo "$package"
    fi
  done
}

# Installs the missing packages if that needs no password; else prints the command and ends the
# script.
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
  # Update the package lists only if the installation fails without that: it takes time.
  if ! "${install[@]}" >/dev/null 2>&1 </dev/null; then
    quietly "Updating the package lists" "${become[@]}" apt-get update
    quietly "Installing again" "${install[@]}"
  fi
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]} == 0)) || die "still missing after their installation: ${packages[*]}"
}

# Ends the script unless Swift 6.2 or newer is on PATH.
require_swift() {
  local wanted=6.2 version where="get it from https://www.swift.org/install"
  command -v swift >/dev/null || die "Swift is missing ($wanted or newer): $where"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  [[ -n $version ]] || die "'swift --version' printed no version; reinstall Swift: $where"
  [[ $(printf '%s\n' "$wanted" "$version" | sort -V | head -n 1) == "$wanted" ]] ||
    die "Swift $version is too old ($wanted or newer): $where"
}

# Installs or checks everything that a build needs.
set_up() {
  as_root
  install_packages
  require_swift
}

# Exports the git revision, which the build compiles into the program, so that records contain it.
# Every build must get the same value: a different one causes a relink.
export_revision() {
  MNIST_MPI_REVISION=$(git -C "$root" describe --always --dirty 2>/dev/null || true)
  export MNIST_MPI_REVISION
}

# Builds the release configuration; passes its options to `swift build`.
build() {
  export_revision
  quietly "Building mnist-mpi${MNIST_MPI_REVISION:+ (revision $MNIST_MPI_REVISION)}" \
    swift build --package-path "$root" -c release "$@"
}

# Downloads MNIST into MNIST_DATA (default: data/mnist in the repository) and exports MNIST_DATA.
get_data() {
  export MNIST_DATA=${MNIST_DATA:-$root/data/mnist}
  bash "$root/jobs/get-mnist.sh" "$MNIST_DATA"
}

# Prints how many cores' worth of time the control groups grant; nothing without a limit.
# The program reads both versions of control groups; it must be built.
cpu_quota() {
  "$program" doctor --json 2>/dev/null </dev/null | python3 -c '
import json, sys
quota = json.load(sys.stdin)["report"]["hosts"][0].get("cpuQuota")
if quota is not None: print(quota)' 2>/dev/null || true
}

# Succeeds if N ranks can have a core each on this host and mpirun can bind them.
#   can_bind N
can_bind() {
  local cores quota
  cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
  ((cores >= $1)) || return 1
  # A container may show all cores and still limit the CPU time to less than N cores.
  quota=$(cpu_quota)
  [[ -z $quota ]] || awk -v quota="$quota" -v ranks="$1" 'BEGIN { exit quota < ranks }' || return 1
  mpirun -np "$1" --bind-to core true >/dev/null 2>&1 </dev/null
}
