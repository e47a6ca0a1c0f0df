#include "ProgramRevision.h"

const char *program_revision(void) { return MNIST_MPI_REVISION; }
