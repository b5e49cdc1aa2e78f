#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "master/views/console.h"

namespace swarm::master {

// Exact: Locust's, for scripts. Full: the same columns, fitted. Narrow: without the least wanted.
enum class Layout : std::uint8_t { Exact, Full, Narrow };

// What the columns of a table have to fit into.
struct Page {
  Layout layout;
  int columns;  // of the terminal; of no meaning if exact

  explicit Page(int wanted)
      : layout(wanted == kNotATerminal ? Layout::Exact
               : wanted >= kFullTable  ? Layout::Full
                                       : Layout::Narrow),
        columns(std::max(wanted, kLeastColumns)) {}
  bool exact() const { return layout == Layout::Exact; }
};

inline std::string dashes(int count) { return std::string(static_cast<std::size_t>(count), '-'); }

}  // namespace swarm::master
