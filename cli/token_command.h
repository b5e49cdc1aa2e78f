#pragma once

#include <span>

namespace swarm {

// All of `swarm token`: a new join token on stdout, alone on its line, so that it can go straight
// into a file; what to do with it on stderr, if somebody sits there. Returns the exit code: 2 for a
// wrong command line.
int token_main(std::span<const char* const> args);

}  // namespace swarm
