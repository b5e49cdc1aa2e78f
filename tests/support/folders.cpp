#include "tests/support/folders.h"

namespace swarm::test {

// Told by CMake: __FILE__ may be relative, to a folder that the program does not run in.
std::filesystem::path source_folder() { return SWARM_SOURCES; }
std::filesystem::path golden_folder() { return source_folder() / "tests" / "golden"; }

}  // namespace swarm::test
