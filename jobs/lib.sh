# shellcheck shell=bash
# Functions shared by the scripts in jobs/. Source this file after `set -euo pipefail`; it only
# defines variables and functions.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# shellcheck source=jobs/mpi.sh
. "$root/jobs/mpi.sh"

# Ends the script with one line on stderr.
die() {
  echo "${0##*/}: $*" >&2
  exit 1
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
  [[ -n $(find_mpirun "$MPI") ]] || mpi_runtime_package "$MPI"
  [[ -n $(find_mpi_module "$MPI") ]] || mpi_library_package "$MPI"
  for entry in \
    "pkg-config command pkg-config" "python3 command python3" "libopenblas-dev library openblas" \
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

# Installs or checks everything that a build with the MPI of `choose_mpi` needs.
set_up() {
  choose_mpi
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

# Builds the release configuration with the MPI of `choose_mpi`; passes its options to `swift build`.
build() {
  export_revision
  export_mpi_module
  quietly "Building mnist-mpi${MNIST_MPI_REVISION:+ (revision $MNIST_MPI_REVISION)} for $MPI" \
    swift build --package-path "$root" -c release --scratch-path "$scratch_path" "$@"
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
  local options
  mapfile -t options < <(placement "$MPI" core 1)
  "$(find_mpirun "$MPI")" -np "$1" "${options[@]}" true >/dev/null 2>&1 </dev/null
}
