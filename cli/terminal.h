#pragma once

#include <cstdint>

namespace swarm {

// What tables are shown on. Without a terminal: 80 x 24, not interactive.
struct Terminal {
  bool interactive = false;
  std::uint16_t columns = 80;
  std::uint16_t rows = 24;
};

// The terminal behind a file descriptor, as it is now: a window can change its size at any time.
// Thread  any
Terminal terminal_at(int descriptor);
// Where tables go.
Terminal stderr_terminal();

}  // namespace swarm
