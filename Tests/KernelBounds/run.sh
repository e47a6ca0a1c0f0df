#!/usr/bin/env bash
# Runs every vector kernel on ragged shapes under AddressSanitizer, built for each instruction set
# in turn, and prints one line per instruction set.
#   run.sh             needs clang (or $CC) with AddressSanitizer
#   run.sh --probe     only checks whether there is such a compiler
# Exit status: 0 if all results are correct, 1 if not, 77 if there is no such compiler.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernels=$here/../../Sources/VectorKernels
compiler=${CC:-clang}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The optimisation of a release build. VK_SINGLE_TARGET turns the clones off, so that the whole
# build is for one instruction set.
flags=(-O2 -gline-tables-only -Wall -Wno-gnu -DVK_SINGLE_TARGET -I "$kernels/include")
# The widest red zones, so that an access that is off by a whole row does not reach beyond them.
# Leaks are not checked: the leak checker fails in some containers.
export ASAN_OPTIONS=detect_leaks=0:redzone=2048:max_redzone=2048:detect_stack_use_after_return=0

# Compiles and links "$@"; prints the compiler's messages only if that fails.
compile() {
  "$compiler" "${flags[@]}" "$@" >"$work/messages" 2>&1 || {
    cat "$work/messages"
    echo "cannot compile: $compiler ${flags[*]} $*"
    return 1
  }
}

# Succeeds if the processor has all instruction sets "$@", by their names in /proc/cpuinfo.
has() {
  local name
  for name in "$@"; do
    grep -qwm1 "$name" /proc/cpuinfo || return 1
  done
}

# variant NAME FLAG...: builds the kernels with the flags and runs the cases.
variant() {
  local name=$1
  shift
  try "$name" compile -fsanitize=address "$@" -fPIC -shared "$kernels"/*.c "$kernels"/winograd/*.c -o "$work/tested.so"
}

# Builds the kernels for AVX-512, with the sanitizer's checks, but lowers the result to AVX2
# instructions. The vectors of 16, the loop remainders and the checks are those of x86-64-v4. Only
# the final code generation differs, which splits the vectors to the registers' width.
# shellcheck disable=SC2317 # called by try
lowered() {
  local kernel code parts=()
  for kernel in "$kernels"/*.c "$kernels"/winograd/*.c; do
    code=$work/$(basename "$kernel" .c)
    # The bfloat16 instructions cannot be lowered; VK_NO_BFLOAT16 leaves them out.
    compile -fsanitize=address -march=x86-64-v4 -mprefer-vector-width=512 -DVK_NO_BFLOAT16 -fPIC -S \
      -emit-llvm "$kernel" -o "$code.ll" || return
    sed -E -i 's/"(target-cpu|target-features|tune-cpu|(prefer|min-legal)-vector-width)"="[^"]*"//g' \
      "$code.ll"
    compile -Xclang -disable-llvm-passes -march=x86-64-v3 -fPIC -c -x ir "$code.ll" -o "$code.o" ||
      return
    parts+=("$code.o")
  done
  grep -q '<16 x float>' "$work/products.ll" || { echo "no 512-bit vectors were made" && return 1; }
  compile -fsanitize=address -shared "${parts[@]}" -o "$work/tested.so"
}

# try NAME BUILD...: builds tested.so with the command BUILD and runs the cases.
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

declared=$(grep -ho '\bvk_[a-z0-9_]*(' "$kernels"/include/*.h | tr -d '(' | sort)
tried=$(grep -o 'X(vk_[a-z0-9_]*)' "$here/kernels.h" | sed 's/X(\(.*\))/\1/' | sort)
if [[ $declared != "$tried" ]]; then
  echo "kernels that are declared but not tried, or the reverse:"
  diff <(echo "$declared") <(echo "$tried") || true
  exit 1
fi

failed=0
# The reference for all other builds: one element at a time, without fused multiply-adds.
compile -fno-vectorize -fno-slp-vectorize -ffp-contract=off -fPIC -shared "$kernels"/*.c "$kernels"/winograd/*.c -lm \
  -o "$work/reference.so"
compile -fsanitize=address,undefined "$here"/*.c -lm -ldl -o "$work/kernel_bounds"

# These checks prevent vectorisation, so they have a separate build. It is not optimised, because
# the optimiser would need a minute for it.
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
