#pragma once

#include <span>

namespace swarm {

// All of `swarm passwd FILE USER`: asks for a password (twice, unseen, at a terminal; else the
// first line of stdin) and keeps its hash in the file, for --web-login. Returns the exit code: 2
// for a wrong command line, 1 if the file cannot be read or written.
int passwd_main(std::span<const char* const> args);

}  // namespace swarm
