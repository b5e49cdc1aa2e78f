#pragma once

#include <chrono>
#include <string>

#include "common/clock.h"

namespace swarm::master {

// One instant on both clocks: how views turn monotonic instants into calendar time. Taken once a
// view; a calendar clock that jumps during the run moves the whole run, not parts of it.
struct WallClock {
  TimePoint instant;
  std::chrono::system_clock::time_point calendar;

  static WallClock read() { return {read_clock(), std::chrono::system_clock::now()}; }

  // Seconds since 1970, as Locust's files have them.
  double epoch_seconds(TimePoint when) const {
    const auto calendar_ns = std::chrono::duration_cast<Duration>(calendar.time_since_epoch());
    return std::chrono::duration<double>(calendar_ns + (when - instant)).count();
  }
};

// 2026-11-29T19:30:00Z: whole seconds, as Locust writes them.
std::string utc_text(double epoch_s);

}  // namespace swarm::master
