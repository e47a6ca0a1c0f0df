#pragma once
#include <png.h>

// Values of macros that Swift cannot import.
static const png_uint_32 mnist_mpi_png_rgba = PNG_FORMAT_RGBA;
static const png_uint_32 mnist_mpi_png_version = PNG_IMAGE_VERSION;
