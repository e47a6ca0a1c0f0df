#pragma once
#include <cblas.h>

// cblas.h declares what follows only for some builds; OpenBLAS has them in all.
char *openblas_get_corename(void);
char *openblas_get_config(void);
int openblas_get_num_threads(void);
void openblas_set_num_threads(int threads);
