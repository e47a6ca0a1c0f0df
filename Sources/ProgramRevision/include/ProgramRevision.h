#pragma once
/// The git revision this program was built from, as `git describe --always --dirty` gives it;
/// an empty string where the build did not say.
const char *program_revision(void);
