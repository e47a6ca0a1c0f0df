#define PRECISION 0
#include "kernels.h"
