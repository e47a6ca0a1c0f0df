#define PRECISION 2
#include "kernels.h"
