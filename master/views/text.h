#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace swarm::master {

// Texts of scenarios and targets, made fit for a terminal: what they contain must neither break a
// table nor command the terminal.
// Units   widths are code points

// Line breaks and tabs become spaces, other control characters '?'.
std::string printable(std::string_view text);

std::size_t width(std::string_view text);

// At most `most` wide, its middle replaced by "~" (the ends of names tell them apart).
std::string shorten(std::string_view text, std::size_t most);

// Lines of at most `most`, broken at spaces where there are some. At least one line.
// REQUIRES: most > 0
std::vector<std::string> wrap(std::string_view text, std::size_t most);

}  // namespace swarm::master
