#pragma once

#include <algorithm>

#include "common/clock.h"

namespace swarm::proto {

// When a worker has to say that it is there. What it measured says it as well: with reports every
// two seconds a master of thousands hears a third fewer messages.
// Thread  any, one at a time
// Errors  none
class Pulse {
 public:
  static constexpr Duration kBeat = std::chrono::seconds{1};
  // Longer than kBeat, so that a beat does not meet the next report.
  static constexpr Duration kAfterReport = std::chrono::milliseconds{1250};

  void start(TimePoint now) { due_ = now; }
  void reported(TimePoint now) { due_ = std::max(due_, now + kAfterReport); }
  // Whether a heartbeat is due; then it is taken for sent.
  bool take(TimePoint now) {
    if (now < due_) return false;
    due_ = std::max(due_ + kBeat, now);
    return true;
  }
  TimePoint due() const { return due_; }

 private:
  TimePoint due_ = TimePoint::max();
};

}  // namespace swarm::proto
