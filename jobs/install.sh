#!/usr/bin/env bash
# Installs mnist-mpi on the PATH, so that `mpirun -np 2 mnist-mpi` works.
#   jobs/install.sh [--prefix DIR]    default: /usr/local for root, ~/.local for other users
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage="usage: jobs/install.sh [--prefix DIR]    (default: /usr/local for root, else ~/.local)"
if [[ $(id -u) == 0 ]]; then prefix=/usr/local; else prefix=$HOME/.local; fi
while (($#)); do
  case $1 in
    --prefix=?*) prefix=${1#--prefix=} ;;
    --prefix)
      [[ -n ${2:-} ]] || die "$usage"
      prefix=$2
      shift
      ;;
    -h | --help)
      echo "$usage"
      exit 0
      ;;
    *) die "$usage" ;;
  esac
  shift
done
# Check this before the long build.
if ! mkdir -p "$prefix/bin" 2>/dev/null || [[ ! -w $prefix/bin ]]; then
  die "cannot write to $prefix/bin; choose another directory with --prefix"
fi
prefix=$(cd "$prefix" && pwd)

set_up
get_data
# With Swift's libraries linked statically, compute nodes need no Swift. These flags differ from
# those of the other builds, so this build has a separate folder. MPI, OpenBLAS, zlib and OpenSSL
# stay shared libraries.
runtime=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
if [[ -d ${runtime}_static ]]; then
  scratch=$scratch_path-install
  build --product mnist-mpi --scratch-path "$scratch" --static-swift-stdlib
  built=$scratch/release/mnist-mpi
else
  echo "This Swift has no static libraries: hosts that run mnist-mpi need Swift's runtime too."
  build --product mnist-mpi
  built=$program
fi

# Write to a temporary name, then rename, so that no run can start an incomplete file.
aside=$prefix/bin/.mnist-mpi.$$
trap 'rm -f "$aside"' EXIT
install -m 755 "$built" "$aside"
"$aside" --version >/dev/null || die "the built program does not start; nothing was installed"
mv -f "$aside" "$prefix/bin/mnist-mpi"
echo "Installed $prefix/bin/mnist-mpi"

found=$(command -v mnist-mpi || true)
if [[ $found != "$prefix/bin/mnist-mpi" ]]; then
  [[ -z $found ]] || echo "Another mnist-mpi comes first on PATH: $found"
  echo "Put it on PATH:  export PATH=\"$prefix/bin:\$PATH\""
fi
if [[ $(id -u) == 0 && $MPI == openmpi ]]; then
  echo "For mpirun as root:  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
fi
