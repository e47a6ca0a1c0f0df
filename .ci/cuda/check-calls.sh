#!/usr/bin/env bash
# Compares CUDADriver's table of functions, and the constants that are passed, with NVIDIA's headers.
#   .ci/cuda/check-calls.sh
# Exit status 0 if they agree or if nothing could be checked, which is printed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/cuda/wheels.sh
. "$here/wheels.sh"
include=$here/../../Sources/CUDADriver/include

# Compiles check_calls.c for one library.
#   check NAME HEADERS_DIRECTORY...
check() {
  local library=$1 flags=()
  shift
  for directory; do flags+=(-I "$directory"); done
  "${CC:-cc}" -std=c11 -fsyntax-only -Wall -Werror -DCHECK_"$library" -I "$include" "${flags[@]}" \
    "$here/check_calls.c"
  echo "CUDADriver's table: $library as in NVIDIA's headers"
}

# Prints the directory of a header within a wheel.
directory_of() { dirname "$(find "$1" -name "$2" -print -quit)"; }

checked=0
for version in '13.0.*' '12.9.*'; do
  suffix="" crt=nvidia-cuda-crt
  [[ $version == 13* ]] || suffix=-cu12 crt=nvidia-cuda-nvcc-cu12
  runtime=$(wheel nvidia-cuda-runtime$suffix "$version") || continue
  driver=$(directory_of "$runtime" cuda.h)
  check CUDA "$driver"
  # The wheels of NVRTC have 90 MB each. One version is enough; check-kernels.sh uses the same wheel.
  if [[ -z $suffix ]] && compiler=$(wheel nvidia-cuda-nvrtc "$version"); then
    check NVRTC "$(directory_of "$compiler" nvrtc.h)" "$driver"
  fi
  # The wheel of cuBLAS has 500 MB: only its two headers, and the headers that they include from other wheels.
  if blas=$(files_of nvidia-cublas$suffix "$version" cublas_v2.h cublas_api.h) &&
    host=$(files_of $crt "$version" crt/host_defines.h) &&
    target=$(files_of nvidia-cuda-cccl$suffix "$version" nv/target nv/detail/__target_macros nv/detail/__preprocessor)
  then
    check CUBLAS "$blas" "$driver" "$host" "$target"
  fi
  checked=1
done
((checked)) || echo "skipped: CUDADriver's table against NVIDIA's headers (no wheel of them)"
