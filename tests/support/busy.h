#pragma once

#include "common/clock.h"

namespace swarm::test {

// Holds its thread, as a task that computes does.
inline void be_busy(Duration time) {
  const TimePoint until = read_clock() + time;
  while (read_clock() < until) {
  }
}

}  // namespace swarm::test
