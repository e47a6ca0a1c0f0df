// All headers of the products, in the order of their dependencies. The program's text includes this
// file and then names the kernels to instantiate (KernelText.swift).
#include "common.cuh"
#include "shapes.cuh"
#include "tile.cuh"
#include "sums.cuh"
#include "operands.cuh"
#include "finish.cuh"
#include "product.cuh"
#include "products.cuh"
