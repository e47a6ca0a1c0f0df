#!/usr/bin/env bash
# Compiles all kernels of the GPU with NVIDIA's compiler: no error, no warning, no register spilled.
#   .ci/cuda/check-kernels.sh [--details]
# Ends with 0 if all is well or the compiler cannot be had, which it says.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/cuda/wheels.sh
. "$here/wheels.sh"

if place=$(wheel nvidia-cuda-nvrtc '13.0.*'); then
  library=$(find "$place" -name 'libnvrtc.so.*' -not -name '*.alt.*' -print -quit)
  python3 "$here/compile_kernels.py" "$(dirname "$library")" "$@"
else
  echo "skipped: compiling the kernels (no NVRTC)"
fi
