#pragma once

#include <filesystem>

namespace swarm::test {

// tests/golden of the sources that this program was built from.
std::filesystem::path golden_folder();
// The top of them.
std::filesystem::path source_folder();

}  // namespace swarm::test
