#include "worker/agent/held_permits.h"

#include <algorithm>
#include <utility>

namespace swarm::worker {

bool HeldPermits::grant(const proto::Permits& permits) {
  if (permits.run != run_ || run_.value == 0) {
    const bool newer = permits.run.value > next_.run.value ||
                       (permits.run == next_.run && permits.serial > next_.serial);
    if (newer && permits.run.value > run_.value) next_ = permits;
    return false;
  }
  if (limited() && permits.serial <= held_.serial) return false;
  const bool lowered = permits.granted < granted_;
  hold(permits);
  return lowered;
}

void HeldPermits::open(proto::RunId run) {
  run_ = run;
  taken_ = 0;
  held_ = {};
  granted_ = low_ = UINT64_MAX;
  const proto::Permits next = std::exchange(next_, {});
  if (next.run == run) hold(next);
}

void HeldPermits::hold(const proto::Permits& permits) {
  held_ = permits;
  held_.granted = granted_ = std::max(permits.granted, taken_);
  const std::uint64_t left = granted_ - taken_;
  low_ = left > kFew ? granted_ - left / kLowShare : UINT64_MAX;
}

}  // namespace swarm::worker
