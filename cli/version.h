#pragma once

#include <string_view>

namespace swarm {

// "0.1.0": the project's version, written once in CMakeLists.txt.
std::string_view version();

}  // namespace swarm
