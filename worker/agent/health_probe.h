#pragma once

#include <cstdint>

#include "common/clock.h"
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

  // Of one core, by all threads of the process since it was last asked; 0 at first.
  double cpu_percent(TimePoint now);
  // Resident.
  static std::uint64_t bytes_memory();

 private:
  Loop& loop_;
  std::uint64_t connections_opened_ = 0;
  Duration cpu_{};
  TimePoint cpu_taken_{};
};

}  // namespace swarm::worker
