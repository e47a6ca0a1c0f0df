#!/usr/bin/env python3
"""Compiles the GPU kernels with NVRTC, for every precision and for old and new architectures.

    compile_kernels.py LIBRARY_DIRECTORY [--details]

Prints one line per program. Exit status 1 if a program does not compile, spills registers, has warnings or
lacks a kernel. --details also prints one line per kernel: registers, stack, shared memory.
"""

import concurrent.futures
import ctypes
import os
import pathlib
import re
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERNELS = ROOT / "Sources" / "CUDAEngine" / "Kernels"
PRECISIONS = {0: "float32", 1: "tf32", 2: "bfloat16"}
# PTX for the oldest supported devices, machine code for the architecture that the kernels are written for.
# tf32 and bfloat16 need tensor cores, from 8.0 on.
TARGETS = [("compute_75", [0]), ("compute_80", [1, 2]), ("sm_90", [0, 1, 2])]


def open_nvrtc(directory):
    """NVRTC, opened from a directory."""
    # NVRTC looks for its builtins by their bare name, so they must be open already.
    for builtins in sorted(directory.glob("libnvrtc-builtins.so.*")):
        ctypes.CDLL(str(builtins))
    return ctypes.CDLL(str(sorted(directory.glob("libnvrtc.so.*"))[-1]))


def program_text():
    """The text of a program with all kernels: every product for every tile, and those without tiles."""
    products = re.findall(r"#define PRODUCT_(\w+)\(T\)", (KERNELS / "products.cuh").read_text())
    tiles = re.findall(r"^typedef Tile<.*> (\w+);", (KERNELS / "tile.cuh").read_text(), re.M)
    lines = [f'#include "{name}.cuh"' for name in ("base", "elementwise", "loss", "update")]
    return "\n".join(lines + [f"PRODUCT_{p}({t})" for p in products for t in tiles])


def compile_program(nvrtc, target, precision):
    """Compiles the program; returns its code and the compiler's log."""
    names = sorted(path.name for path in KERNELS.glob("*.cuh"))
    texts = [(KERNELS / name).read_bytes() for name in names]
    count = len(names)
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(
        ctypes.byref(program), program_text().encode(), b"kernels.cu", count,
        (ctypes.c_char_p * count)(*texts),
        (ctypes.c_char_p * count)(*[name.encode() for name in names]))
    options = [
        f"--gpu-architecture={target}", "--std=c++17", f"-DPRECISION={precision}",
        "--ptxas-options=-v"]
    result = nvrtc.nvrtcCompileProgram(
        program, len(options),
        (ctypes.c_char_p * len(options))(*[option.encode() for option in options]))
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    text = log.value.decode()
    if result != 0:
        raise SystemExit(f"{target}, {PRECISIONS[precision]}: does not compile:\n{text}")
    kind = "CUBIN" if target.startswith("sm_") else "PTX"
    getattr(nvrtc, f"nvrtcGet{kind}Size")(program, ctypes.byref(size))
    code = ctypes.create_string_buffer(size.value)
    getattr(nvrtc, f"nvrtcGet{kind}")(program, code)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return code.raw, text


def kernels_of(code, is_ptx):
    """The names of the kernels in compiled code."""
    if is_ptx:
        return set(re.findall(rb"\.entry (\w+)", code))
    return set(re.findall(rb"\.text\.(\w+)", code))


def usage(log):
    """(kernel, registers, shared bytes, stack bytes, spilled bytes) of every kernel, from the log."""
    lines = []
    kernel = None
    stack = spilled = 0
    for line in log.splitlines():
        if found := re.search(r"Function properties for (\w+)", line):
            kernel = found[1]
        elif found := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores", line):
            stack, spilled = int(found[1]), int(found[2])
        elif found := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            lines.append((kernel, int(found[1]), int(shared[1]) if shared else 0, stack, spilled))
    return lines


def main(arguments):
    directory = pathlib.Path(arguments[0])
    nvrtc = open_nvrtc(directory)
    major, minor = ctypes.c_int(), ctypes.c_int()
    nvrtc.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    print(f"NVRTC {major.value}.{minor.value}")
    failed = False
    expected = None
    programs = [(target, precision) for target, precisions in TARGETS for precision in precisions]

    def timed(program):
        start = time.monotonic()
        return *compile_program(nvrtc, *program), time.monotonic() - start

    # NVRTC may compile on several threads, and Python lets others run meanwhile.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (target, precision), (code, log, seconds) in zip(programs, pool.map(timed, programs)):
            found = kernels_of(code, not target.startswith("sm_"))
            expected = expected or found
            kernels = usage(log)
            spilling = [name for name, _, _, _, spilled in kernels if spilled]
            # Stack without spills: an array with an index that is not known at compile time.
            stacking = [name for name, _, _, stack, spilled in kernels if stack and not spilled]
            warnings = [line for line in log.splitlines() if "warning" in line]
            verdict = "ok"
            if found != expected or not found:
                verdict = f"other kernels than before: {sorted(found ^ expected)}"
            elif spilling or stacking:
                verdict = f"registers spilled: {spilling}; memory in place of registers: {stacking}"
            elif warnings:
                verdict = "\n".join(warnings)
            failed = failed or verdict != "ok"
            print(f"{target:10} {PRECISIONS[precision]:8} {len(found)} kernels, "
                  f"{len(code) >> 10} KiB, {seconds:.2f} s: {verdict}")
            if "--details" in arguments:
                for name, registers, shared, stack, _ in kernels:
                    print(f"  {name}: {registers} registers, {shared} bytes shared, {stack} stack")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
