#pragma once

#include <span>
#include <string_view>

namespace swarm {

// The number of letters to insert, remove, replace or swap with their neighbour that turn `from`
// into `to`.
// Source  the restricted Damerau-Levenshtein distance
std::size_t edit_distance(std::string_view from, std::string_view to);

// The candidate that `word` was probably meant to be; empty if none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace swarm
