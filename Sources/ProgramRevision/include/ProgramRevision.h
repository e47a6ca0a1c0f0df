#pragma once
/// Returns the git revision that this program was built from, as `git describe --always --dirty`
/// prints it; an empty string where the build passed no revision.
const char *program_revision(void);
