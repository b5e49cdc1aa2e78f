#pragma once

#include <string>

namespace swarm {

// What a compiled scenario must have been built for to be loaded here: system, machine, C++ library
// and version of swarm, such as "Linux x86_64 libstdc++ swarm 0.4.0".
std::string platform();

}  // namespace swarm
