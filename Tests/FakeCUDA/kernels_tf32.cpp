#define PRECISION 1
#include "kernels.h"
