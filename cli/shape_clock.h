#pragma once

#include <functional>
#include <optional>

#include "common/loop.h"
#include "common/scenario.h"

namespace swarm {

// Asks a scenario's load shape once a second how many users there should be, whatever the run is
// doing, and tells when that changes.
// Thread  loop
// Errors  none; a shape that takes its time is asked again all the same
class ShapeClock {
 public:
  struct Outlets {
    std::function<void(const ShapeStep&)> changed;
    std::function<void()> over;  // the shape wants no more
  };

  ShapeClock(Loop& loop, Outlets outlets);

  // Asks at once. `scenario` must outlive the clock's last tick.
  void start(Scenario& scenario);
  void stop() { timer_.cancel(); }

 private:
  void tick();
  void follow(const std::optional<ShapeStep>& step);

  Loop& loop_;
  const Outlets outlets_;
  Scenario* scenario_ = nullptr;
  std::optional<ShapeStep> last_;
  CallbackTimer timer_;
};

}  // namespace swarm
