#pragma once

#include <cstdint>

namespace swarm {

// How many of the machine's cores had nothing to do since this object was made.
// Thread  any
// Errors  what the system does not tell counts as no idle core
class IdleCores {
 public:
  IdleCores();
  // Whole cores, rounded down.
  int so_far() const;

 private:
  struct Times {
    std::uint64_t idle = 0;
    std::uint64_t all = 0;
  };
  static Times read();
  Times begin_;
};

}  // namespace swarm
