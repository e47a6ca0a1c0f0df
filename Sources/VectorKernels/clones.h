#pragma once

// One source, several instruction sets: the loader picks at program start. Elsewhere than on x86-64
// the compiler's baseline serves (on arm64 that is NEON already). VK_SINGLE_TARGET is for tests that
// build the kernels for one instruction set after the other (Tests/KernelBounds).
#if !defined(VK_SINGLE_TARGET) && defined(__x86_64__) && defined(__ELF__)
#define VK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VK_CLONES
#endif
