#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "common/clock.h"
#include "common/loop.h"

namespace swarm {

// Waits until as many workers are connected as a run is to begin with, and says so every second.
// Thread  loop
// Errors  too few within `longest`: gave_up
class ExpectedWorkers {
 public:
  struct Outlets {
    std::function<void()> there;
    std::function<void()> gave_up;
  };

  // `longest` 0: for ever.
  ExpectedWorkers(Loop& loop, std::uint32_t count, Duration longest, Outlets outlets);

  void start();
  // So many are connected now. There are enough: waits no longer, before it tells so.
  void connected(std::size_t workers);
  void stop() { timer_.cancel(); }

 private:
  void tick();

  Loop& loop_;
  const std::uint32_t count_;
  const Duration longest_;
  const Outlets outlets_;
  std::size_t connected_ = 0;
  TimePoint started_{};
  CallbackTimer timer_;  // scheduled: waits
};

}  // namespace swarm
