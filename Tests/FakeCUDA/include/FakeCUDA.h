// A CUDA driver, compiler and cuBLAS that run the kernels on the CPU, for tests; see README.md. This
// header declares nothing: programs find the functions with dlopen, as they find NVIDIA's.
