#pragma once

#include <cstddef>
#include <limits>

namespace swarm {

// How many values follow an option.
struct Takes {
  std::size_t least = 0;
  std::size_t most = 0;

  static const Takes Nothing;   // a switch
  static const Takes Optional;  // one or none
  static const Takes One;
  static const Takes Some;  // one or more
  static const Takes Many;  // any number

  friend bool operator==(const Takes&, const Takes&) = default;
};

inline constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

inline constexpr Takes Takes::Nothing{0, 0};
inline constexpr Takes Takes::Optional{0, 1};
inline constexpr Takes Takes::One{1, 1};
inline constexpr Takes Takes::Some{1, kUnlimited};
inline constexpr Takes Takes::Many{0, kUnlimited};

}  // namespace swarm
