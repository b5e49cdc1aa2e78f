#pragma once

#include <cstddef>
#include <string>

namespace swarm::proto {

// Random letters of 0-9, a-f; `count` of them, an even number.
std::string random_hexadecimal(std::size_t count);

// What tells this process from others with the same worker id: 16 of them.
std::string new_incarnation();

}  // namespace swarm::proto
