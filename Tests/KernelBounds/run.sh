#!/usr/bin/env bash
# Runs every vector kernel on ragged shapes under AddressSanitizer, built for one instruction set after
# the other, and prints a line for each.
#   run.sh             needs clang (or $CC) with AddressSanitizer
#   run.sh --probe     only says whether there is such a compiler
# Ends with 0 if all is well, 1 if not, 77 if there is no such compiler.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernels=$here/../../Sources/VectorKernels
compiler=${CC:-clang}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The optimisation of a release build; clones off, so that the whole build is for one instruction set.
flags=(-O2 -gline-tables-only -Wall -Wno-gnu -DVK_SINGLE_TARGET -I "$kernels/include")
# Red zones as wide as can be, so that a stride too far does not leap over them. (Leaks are no
# subject here, and the leak checker fails in some containers.)
export ASAN_OPTIONS=detect_leaks=0:redzone=2048:max_redzone=2048:detect_stack_use_after_return=0

# Compiles and links "$@", and says something only if that fails.
compile() {
  "$compiler" "${flags[@]}" "$@" >"$work/messages" 2>&1 || {
    cat "$work/messages"
    echo "cannot compile: $compiler ${flags[*]} $*"
    return 1
  }
}

# Whether the processor has all of the instructions "$@", as Linux calls them.
has() {
  local name
  for name in "$@"; do
    grep -qwm1 "$name" /proc/cpuinfo || return 1
  done
}

# variant NAME FLAG...: builds the kernels with the flags and tries them.
variant() {
  local name=$1
  shift
  try "$name" compile -fsanitize=address "$@" -fPIC -shared "$kernels"/*.c "$kernels"/winograd/*.c -o "$work/tested.so"
}

# What the compiler makes of the kernels for AVX-512, with the sanitizer's checks, put into AVX2's
# instructions: the vectors of 16, the remainders of loops and the checks are those of x86-64-v4, only
# the last step differs, which knows no more than the registers' width.
# shellcheck disable=SC2317 # called by try
lowered() {
  local kernel code parts=()
  for kernel in "$kernels"/*.c "$kernels"/winograd/*.c; do
    code=$work/$(basename "$kernel" .c)
    compile -fsanitize=address -march=x86-64-v4 -mprefer-vector-width=512 -fPIC -S -emit-llvm \
      "$kernel" -o "$code.ll" || return
    sed -E -i 's/"(target-cpu|target-features|tune-cpu|(prefer|min-legal)-vector-width)"="[^"]*"//g' \
      "$code.ll"
    compile -Xclang -disable-llvm-passes -march=x86-64-v3 -fPIC -c -x ir "$code.ll" -o "$code.o" ||
      return
    parts+=("$code.o")
  done
  grep -q '<16 x float>' "$work/products.ll" || { echo "no 512-bit vectors were made" && return 1; }
  compile -fsanitize=address -shared "${parts[@]}" -o "$work/tested.so"
}

# try NAME BUILD...: builds tested.so by the command and tries its kernels.
try() {
  local name=$1 start=$SECONDS
  shift
  : >"$work/output"
  if "$@" && "$work/kernel_bounds" "$work/reference.so" "$work/tested.so" >"$work/output" 2>&1; then
    echo "$name: $(cat "$work/output"), $((SECONDS - start)) s"
  else
    sed "s/^/$name: /" "$work/messages" "$work/output"
    failed=1
  fi
}

echo 'int main(void) { return 0; }' >"$work/probe.c"
if ! compile -fsanitize=address "$work/probe.c" -o "$work/probe" >"$work/why" || ! "$work/probe"; then
  echo "skipped: $compiler is no clang with AddressSanitizer"
  exit 77
fi
[[ ${1:-} != --probe ]] || exit 0

declared=$(grep -ho '\bvk_[a-z_]*(' "$kernels"/include/*.h | tr -d '(' | sort)
tried=$(grep -o 'X(vk_[a-z_]*)' "$here/kernels.h" | sed 's/X(\(.*\))/\1/' | sort)
if [[ $declared != "$tried" ]]; then
  echo "kernels that are declared but not tried, or the reverse:"
  diff <(echo "$declared") <(echo "$tried") || true
  exit 1
fi

failed=0
# One element at a time and without fused multiply-adds: what all others are held against.
compile -fno-vectorize -fno-slp-vectorize -ffp-contract=off -fPIC -shared "$kernels"/*.c "$kernels"/winograd/*.c -lm \
  -o "$work/reference.so"
compile -fsanitize=address,undefined "$here"/*.c -lm -ldl -o "$work/kernel_bounds"

# These checks keep loops from being vectorised, so they have a build of their own, unoptimised because
# the optimiser takes a minute over them.
variant "undefined behaviour" -O0 -fsanitize=undefined -fno-sanitize-recover=undefined
variant "baseline"
if [[ $(uname -m) == x86_64 ]]; then
  if has avx2 fma bmi1 bmi2 f16c movbe abm; then
    variant x86-64-v3 -march=x86-64-v3
  else
    echo "x86-64-v3: skipped, the processor lacks AVX2"
  fi
  if has avx512f avx512bw avx512cd avx512dq avx512vl; then
    variant x86-64-v4 -march=x86-64-v4
  elif has avx2 fma bmi1 bmi2 f16c movbe abm; then
    try "x86-64-v4 (no AVX-512 here: its code lowered to AVX2)" lowered
  else
    echo "x86-64-v4: skipped, the processor lacks AVX-512 and AVX2"
  fi
fi
exit "$failed"
