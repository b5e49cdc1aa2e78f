#include "master/run/profile.h"

#include <algorithm>
#include <cmath>

#include "common/assert.h"

namespace swarm::master {

Ramp::Ramp(TimePoint start, std::uint32_t from, std::uint32_t to, double users_per_s)
    : start_(start), from_(from), to_(to), users_per_s_(users_per_s) {
  SWARM_ASSERT(users_per_s > 0);
}

TimePoint Ramp::due(std::uint32_t step) const {
  // Further away than a year, the sum could leave the range of TimePoint: a rate that low means
  // never.
  constexpr double kYear = 365 * 24 * 3600.0;
  const std::chrono::duration<double> after{std::min(step / users_per_s_, kYear)};
  return start_ + std::chrono::round<Duration>(after);
}

std::uint32_t Ramp::due_before(TimePoint instant) const {
  if (instant <= start_) return 0;
  const std::chrono::duration<double> passed = instant - start_;
  const double steps_passed = std::min(passed.count() * users_per_s_, static_cast<double>(steps()));
  auto count = static_cast<std::uint32_t>(steps_passed);
  // The product is off by a rounding; due() decides.
  while (count > 0 && due(count - 1) >= instant) --count;
  while (count < steps() && due(count) < instant) ++count;
  return count;
}

}  // namespace swarm::master
