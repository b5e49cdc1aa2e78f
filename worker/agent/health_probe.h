#pragma once

#include <cstdint>

#include "common/stats/worker_health.h"

namespace swarm {
class Loop;
}

namespace swarm::worker {

// Looks at this process: how busy its loop was since the last look, what it holds of the system.
//
// Flow    Loop, /proc -> [HealthProbe] -> WorkerHealth (in a report)
// Thread  loop
// Errors  what cannot be read counts as 0, which means unknown
class HealthProbe {
 public:
  // `loop` must outlive the probe.
  explicit HealthProbe(Loop& loop);

  void connection_opened() { ++connections_opened_; }
  // A run begins: what was before it is not of interest.
  void reset();
  WorkerHealth take();

 private:
  Loop& loop_;
  std::uint64_t connections_opened_ = 0;
};

}  // namespace swarm::worker
