// What the products are made of; the instantiations follow in the program's text (KernelText.swift).
#include "common.cuh"
#include "shapes.cuh"
#include "tile.cuh"
#include "sums.cuh"
#include "operands.cuh"
#include "finish.cuh"
#include "product.cuh"
#include "products.cuh"
