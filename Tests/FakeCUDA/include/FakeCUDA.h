// A CUDA driver, compiler and cuBLAS that run the kernels on the CPU, for tests; see README.md. There is
// nothing to include: programs find its functions with dlopen, as they find NVIDIA's.
