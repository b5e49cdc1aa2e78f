#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "common/loop.h"

namespace swarm::proto {

// How long a loop does not come round, seen from another thread.
// Thread  one that is not the loop's
class LoopLag {
 public:
  static constexpr std::chrono::milliseconds kEvery{100};

  explicit LoopLag(Loop& loop) : loop_(loop) {}

  // Looks whether the loop answered, and asks again. To be called whenever due().
  void ping(TimePoint now) {
    if (now < due_) return;
    due_ = now + kEvery;
    if (waiting()) return;
    longest_ = std::max(longest_, answer_->load() - asked_);
    asked_ = now;
    answer_->store(TimePoint::max());
    loop_.post([answer = answer_] { answer->store(read_clock()); });
  }
  TimePoint due() const { return due_; }

  // The longest since the last call, including what is not over.
  Duration take(TimePoint now) {
    if (waiting()) longest_ = std::max(longest_, now - asked_);
    return std::exchange(longest_, Duration{});
  }

 private:
  bool waiting() const { return answer_->load() == TimePoint::max(); }

  Loop& loop_;
  std::shared_ptr<std::atomic<TimePoint>> answer_ =
      std::make_shared<std::atomic<TimePoint>>(TimePoint{});
  TimePoint asked_{};
  TimePoint due_{};
  Duration longest_{};
};

}  // namespace swarm::proto
