#pragma once

#include <chrono>
#include <ctime>

namespace swarm {

// The one clock of every measurement and decision: monotonic, integer nanoseconds. Wall-clock time
// exists only in views, proto/locust_dialect and worker/python.
using Clock = std::chrono::steady_clock;
using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<Clock, Duration>;

// A fresh reading, for an instant that is measured. Decisions take `now` as an argument, which is
// one reading per turn of the loop (Loop::now).
inline TimePoint read_clock() {
  timespec now;  // Clock::now() is the same by way of one more library
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return TimePoint{std::chrono::seconds{now.tv_sec} + Duration{now.tv_nsec}};
}

// For what a peer tells, and may tell too often: the sum, or the longest time there is.
// REQUIRES: neither is negative.
inline Duration saturating_sum(Duration a, Duration b) {
  return a > Duration::max() - b ? Duration::max() : a + b;
}

}  // namespace swarm
