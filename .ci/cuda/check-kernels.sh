#!/usr/bin/env bash
# Compiles all GPU kernels with NVIDIA's compiler, and requires that there is no error, no warning and no
# spilled register.
#   .ci/cuda/check-kernels.sh [--version 12.9] [--details]
# --version: the version of NVIDIA's compiler (default 13.0); 12.9 is the last one for drivers of CUDA 12.
# --details: prints registers, stack and shared memory of every kernel.
# Exit status 0 if all kernels pass or if the compiler cannot be downloaded, which is printed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/cuda/wheels.sh
. "$here/wheels.sh"

version=13.0
if [[ ${1:-} == --version ]]; then
  version=${2:-}
  shift $(($# < 2 ? $# : 2))
fi
case $version in
  13.*) name=nvidia-cuda-nvrtc ;;
  12.*) name=nvidia-cuda-nvrtc-cu12 ;;
  *)
    echo "check-kernels.sh: --version $version: expected one such as 12.9 or 13.0" >&2
    exit 64
    ;;
esac

if directory=$(wheel "$name" "$version.*"); then
  library=$(find "$directory" -name 'libnvrtc.so.*' -not -name '*.alt.*' -print -quit)
  python3 "$here/compile_kernels.py" "$(dirname "$library")" "$@"
else
  echo "skipped: compiling the kernels (no NVRTC $version)"
fi
