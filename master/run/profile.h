#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"

namespace swarm::master {

// How many users a run wants, how fast they come and go, and for how long it goes on.
struct Profile {
  std::uint32_t users = 1;
  double users_per_s = 1;                 // > 0
  std::optional<Duration> run_time = {};  // since the start of the run
  // Names: users that come are of these. Empty: as before, which is all in a new run.
  std::vector<std::string> user_classes = {};
};

// The way from one number of users to another: one user at a time, evenly, the first at once.
// Units   steps count from 0; step k is due k / users_per_s after the start, computed from k and
//         not from the step before, so that no rounding adds up
class Ramp {
 public:
  Ramp() = default;
  // REQUIRES: users_per_s > 0.
  Ramp(TimePoint start, std::uint32_t from, std::uint32_t to, double users_per_s);

  bool grows() const { return to_ > from_; }
  std::uint32_t steps() const { return grows() ? to_ - from_ : from_ - to_; }
  // All that is still to come, later by `time`.
  void delay(Duration time) { start_ += time; }
  TimePoint due(std::uint32_t step) const;
  // Steps due before `instant`.
  std::uint32_t due_before(TimePoint instant) const;

 private:
  TimePoint start_{};
  std::uint32_t from_ = 0;
  std::uint32_t to_ = 0;
  double users_per_s_ = 1;
};

}  // namespace swarm::master
