#pragma once
#include <cblas.h>

// Functions that cblas.h declares only in some builds. All builds of OpenBLAS contain them.
char *openblas_get_corename(void);
char *openblas_get_config(void);
int openblas_get_num_threads(void);
void openblas_set_num_threads(int threads);
