#include "worker/users/wait_time.h"

#include <algorithm>

#include "common/assert.h"

namespace swarm::worker {

WaitTime WaitTime::constant(Duration wait) { return between(wait, wait); }

WaitTime WaitTime::between(Duration least, Duration most) {
  SWARM_ASSERT(least >= Duration{} && most >= Duration{});
  WaitTime wait;
  wait.least_ = std::min(least, most);
  wait.most_ = std::max(least, most);
  return wait;
}

WaitTime WaitTime::constant_pacing(Duration period) {
  WaitTime wait = constant(period);
  wait.kind_ = Kind::Pacing;
  return wait;
}

WaitTime WaitTime::constant_throughput(double tasks_per_s) {
  SWARM_ASSERT(tasks_per_s > 0);
  // A rate that means less than once a year means never; its period must stay within Duration.
  const std::chrono::duration<double> period{std::min(1 / tasks_per_s, 365 * 24 * 3600.0)};
  WaitTime wait = constant(std::chrono::round<Duration>(period));
  wait.kind_ = Kind::Throughput;
  return wait;
}

TimePoint WaitTime::next(TimePoint now, Pace& pace, Random& random) const {
  TimePoint start = now;
  switch (kind_) {
    case Kind::Between: {
      const auto spread = static_cast<double>((most_ - least_).count());
      start = now + least_ + Duration{static_cast<Duration::rep>(spread * random.ratio() + 0.5)};
      pace.schedule = start;
      break;
    }
    case Kind::Pacing:
      // From when it was due, not from when it really started: the lateness of timers must not
      // add up.
      start = std::max(now, pace.schedule + least_);
      pace.schedule = start;
      break;
    case Kind::Throughput:
      pace.schedule = std::max(pace.schedule + least_, now - kMaxBehind);
      // Twice the rate at most while behind: after a pause that held all users up, they would
      // otherwise fall on the target as fast as it answers.
      start = std::max({now, pace.schedule, pace.started + least_ / 2});
      break;
  }
  pace.started = start;
  return start;
}

}  // namespace swarm::worker
