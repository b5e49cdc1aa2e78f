#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace swarm {

// Text as other programs take it: well-formed UTF-8, as strictly as Python reads it (nothing longer
// than need be, no halves of pairs, nothing above U+10FFFF).
// Thread  any
// Errors  none

struct Utf8Character {
  char32_t point = 0;
  std::size_t bytes = 0;  // 1 to 4
};

// The one that `text` begins with; none if it begins with none. REQUIRES: `text` is not empty.
std::optional<Utf8Character> first_character(std::string_view text);

bool is_utf8(std::string_view text);

// Each byte that is part of no character becomes U+FFFD.
std::string repaired_utf8(std::string_view text);
inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";

}  // namespace swarm
