#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/clock.h"
#include "common/stats/worker_health.h"
#include "master/aggregate/snapshot.h"

namespace swarm::master {

// How one worker fares over a run, from the health that each of its reports carries.
//
// Flow    WorkerHealth -> [WorkerRecord] -> WorkerRow
// Errors  none
class WorkerRecord {
 public:
  // A worker is called as busy as it was in its busiest tenth of the time: a mean would hide the
  // plateau of a run behind its ramp, a maximum would blame a run for one uneven moment.
  static constexpr double kSustained = 0.9;

  void add_requests(std::uint64_t count) { requests_ += count; }
  void add(const WorkerHealth& health);
  WorkerRow row(const std::string& id) const;

 private:
  double sustained_busy_ratio() const;

  std::uint64_t requests_ = 0;
  WorkerHealth all_;  // over the run; counts are the newest
  std::uint64_t most_descriptors_used_ = 0;
  double peak_busy_ratio_ = 0;
  std::array<Duration, 101> time_at_percent_{};  // observed time by how busy the loop was in it
};

}  // namespace swarm::master
