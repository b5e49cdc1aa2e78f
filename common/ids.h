#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace swarm {

// A number with a type of its own, so that ids of different things do not mix.
template <typename Tag, typename Number = std::uint32_t>
struct Id {
  Number value = 0;
  friend auto operator<=>(const Id&, const Id&) = default;
};

// An interned (method, name), valid in the process that interned it; dense from 0.
using EndpointId = Id<struct EndpointTag>;
// A user of this process: unique over the process's life, from 1 upward.
using UserId = Id<struct UserTag, std::uint64_t>;
// The place of a user class in Scenario::user_classes().
using UserClassId = Id<struct UserClassTag>;

}  // namespace swarm

template <typename Tag, typename Number>
struct std::hash<swarm::Id<Tag, Number>> {
  std::size_t operator()(swarm::Id<Tag, Number> id) const noexcept {
    return std::hash<Number>{}(id.value);
  }
};
