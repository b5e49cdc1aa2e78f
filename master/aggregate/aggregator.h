#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "common/clock.h"
#include "common/stats/delta.h"
#include "common/stats/worker_health.h"
#include "master/aggregate/snapshot.h"
#include "master/aggregate/worker_record.h"

namespace swarm::master {

// Adds what the workers of a run measured, and makes a Snapshot of it when asked.
//
// Flow    Delta, WorkerHealth (of reports that were not counted yet) -> [Aggregator] -> Snapshot
// Thread  loop
// Errors  none
class Aggregator {
 public:
  // `start` is the instant, on this process's clock, that the instants of all deltas count from.
  explicit Aggregator(TimePoint start) : start_(start) {}

  // In any order. Counts whatever it is given: that nothing is given twice is the caller's care.
  void add(const std::string& worker, Delta measured);
  void add(const std::string& worker, const WorkerHealth& health);

  // A new run, or --reset-stats: forgets everything, also how the workers fared.
  void reset(TimePoint start);

  // The sum of all deltas.
  const Delta& totals() const { return totals_; }
  // Of all endpoints together.
  const EndpointStats& total() const { return total_; }

  Snapshot snapshot(const RunStatus& status, TimePoint now) const;

 private:
  EndpointRow row(const EndpointName& endpoint, const EndpointStats& stats, TimePoint now) const;

  TimePoint start_;
  Delta totals_;
  EndpointStats total_;
  std::map<std::string, std::set<std::string>> workers_by_traceback_;
  std::map<std::string, WorkerRecord> workers_;
};

}  // namespace swarm::master
