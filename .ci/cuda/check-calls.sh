#!/usr/bin/env bash
# Holds the table of CUDADriver's calls, and the values that are handed over, against NVIDIA's headers.
#   .ci/cuda/check-calls.sh
# Ends with 0 if all is well or nothing could be checked, which it says.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.ci/cuda/wheels.sh
. "$here/wheels.sh"
include=$here/../../Sources/CUDADriver/include

# check NAME HEADERS_DIRECTORY... : compiles check_calls.c for one library.
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
  # 90 MB each: one of them is enough, which compiles the kernels, too.
  if [[ -z $suffix ]] && compiler=$(wheel nvidia-cuda-nvrtc "$version"); then
    check NVRTC "$(directory_of "$compiler" nvrtc.h)" "$driver"
  fi
  # Of 500 MB its two headers alone, and what they include from still other wheels.
  if blas=$(files_of nvidia-cublas$suffix "$version" cublas_v2.h cublas_api.h) &&
    host=$(files_of $crt "$version" crt/host_defines.h) &&
    target=$(files_of nvidia-cuda-cccl$suffix "$version" nv/target nv/detail/__target_macros nv/detail/__preprocessor)
  then
    check CUBLAS "$blas" "$driver" "$host" "$target"
  fi
  checked=1
done
((checked)) || echo "skipped: CUDADriver's table against NVIDIA's headers (no wheel of them)"
