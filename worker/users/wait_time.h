#pragma once

#include <cstdint>

#include "common/clock.h"
#include "worker/users/random.h"

namespace swarm::worker {

// How long a user waits between two tasks: a value, shared by all users of a class.
//
// constant_pacing starts a task every period; where a task took longer than that, the next one
// starts at once and the period counts from then: what was missed is not made up for (Locust's
// rule). constant_throughput does make up for it, so that a pause of the target or of this process
// does not lower the number of requests: a late user starts again at once, as Locust's does, then
// at most twice as often as its rate until it is back on its schedule. It makes up for at most
// kMaxBehind; what lies further back is given up.
// Source  locust-reference §2.3
class WaitTime {
 public:
  static constexpr Duration kMaxBehind = std::chrono::seconds{1};

  // The part of it that belongs to one user.
  struct Pace {
    TimePoint schedule{};  // when the present task should have started
    TimePoint started{};   // when it was told to start
  };

  WaitTime() = default;  // no wait at all
  // REQUIRES: no duration is negative.
  static WaitTime constant(Duration wait);
  static WaitTime between(Duration least, Duration most);
  static WaitTime constant_pacing(Duration period);
  // REQUIRES: tasks_per_s > 0.
  static WaitTime constant_throughput(double tasks_per_s);

  // A user begins its first task.
  static Pace begin(TimePoint now) { return {now, now}; }
  // A user has ended a task at `now`: when the next one is due, `now` or later. It is what
  // Sample::due wants: a user that was held up by its target is not late, one that was woken
  // late is.
  TimePoint next(TimePoint now, Pace& pace, Random& random) const;

 private:
  enum class Kind : std::uint8_t { Between, Pacing, Throughput };

  Kind kind_ = Kind::Between;
  Duration least_{};  // of Between; else the period
  Duration most_{};
};

}  // namespace swarm::worker
