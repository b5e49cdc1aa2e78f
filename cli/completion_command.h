#pragma once

#include <span>

namespace swarm {

// All of `swarm completion SHELL`: prints what the shell reads to complete the words of swarm.
// Returns the exit code: 2 for a wrong command line.
int completion_main(std::span<const char* const> args);

}  // namespace swarm
