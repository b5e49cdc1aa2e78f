#pragma once

// A bug of ours, on in all builds: says where and ends the process. What a peer, a target or a user
// can cause is never an assertion.
#define SWARM_ASSERT(condition)          \
  (static_cast<bool>(condition) ? void() \
                                : ::swarm::assertion_failed(#condition, __FILE__, __LINE__))

namespace swarm {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace swarm
