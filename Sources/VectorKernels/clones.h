#pragma once

// Marks a function to be compiled for several instruction sets; the loader chooses one version at
// program start. On processors other than x86-64 there is one version, for the compiler's baseline
// (on arm64 this includes NEON). VK_SINGLE_TARGET turns the versions off, for tests that build the
// kernels for each instruction set in turn (Tests/KernelBounds).
#if !defined(VK_SINGLE_TARGET) && defined(__x86_64__) && defined(__ELF__)
#define VK_HAS_CLONES 1
#define VK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VK_HAS_CLONES 0
#define VK_CLONES
#endif
