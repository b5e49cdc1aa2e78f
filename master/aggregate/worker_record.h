#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "common/clock.h"
#include "common/stats/histogram.h"
#include "common/stats/worker_health.h"
#include "master/aggregate/snapshot.h"
#include "proto/messages.h"

namespace swarm::master {

// How one worker fares over a run, from what its reports and heartbeats carry.
//
// Flow    WorkerHealth, Heartbeat -> [WorkerRecord] -> WorkerRow
// Errors  none
class WorkerRecord {
 public:
  // A worker is called as busy as it was in its busiest tenth of the time: a mean would hide the
  // plateau of a run behind its ramp, a maximum would blame a run for one uneven moment.
  static constexpr double kSustained = 0.9;

  void add_requests(std::uint64_t count) { requests_ += count; }
  void add_send_lag(const Histogram& measured) { send_lag_.merge(measured); }
  void add(const WorkerHealth& health);
  void add(const proto::Heartbeat& heartbeat);
  void set_users(std::span<const proto::ClassCount> users);
  void set_lost_intervals(std::uint64_t intervals) { lost_intervals_ = intervals; }
  // `length` of the run so far: what rates are per second of.
  WorkerRow row(const std::string& id, Duration length) const;

 private:
  double sustained_busy_ratio() const;

  std::uint64_t requests_ = 0;
  Histogram send_lag_;
  std::uint32_t users_ = 0;
  std::uint32_t peak_users_ = 0;
  std::uint64_t lost_intervals_ = 0;
  std::uint64_t bytes_memory_ = 0;  // the newest that was told
  Duration longest_lag_{};          // of heartbeats
  WorkerHealth all_;                // over the run; counts are the newest
  std::uint64_t most_descriptors_used_ = 0;
  double peak_busy_ratio_ = 0;
  std::array<Duration, 101> time_at_percent_{};  // observed time by how busy the loop was in it
};

}  // namespace swarm::master
