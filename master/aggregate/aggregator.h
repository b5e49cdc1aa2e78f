#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/stats/delta.h"
#include "common/stats/worker_health.h"
#include "master/aggregate/snapshot.h"
#include "master/aggregate/worker_record.h"
#include "proto/messages.h"

namespace swarm::master {

// Adds what the workers of a run measured, and makes a Snapshot of it when asked.
//
// Flow    Report (that was not counted yet), Heartbeat -> [Aggregator] -> Snapshot
// Thread  loop
// Errors  none
//
// Adding costs about as much as the histograms that a report holds; what follows from the sums is
// computed when a snapshot is made. Thousands of workers report the same endpoints, and the sums
// are in no cache: so what was measured of endpoints is gathered, and settled now and then, or when
// somebody looks.
class Aggregator {
 public:
  using Endpoints = std::map<EndpointName, EndpointStats>;
  static constexpr std::chrono::milliseconds kGather{250};  // before it is settled
  static constexpr std::size_t kMostGathered = 256;         // endpoints

  // `start` is the instant, on this process's clock, that the instants of all deltas count from.
  explicit Aggregator(TimePoint start) : start_(start) {}

  // In any order. Counts whatever it is given: that nothing is given twice is the caller's care.
  void add(const std::string& worker, proto::Report report);
  // The parts of a report.
  void add(const std::string& worker, Delta measured);
  void add(const std::string& worker, const WorkerHealth& health);
  void add_users(const std::string& worker, std::span<const proto::ClassCount> users);

  // What a worker says, or its master knows, beside its reports.
  void add(const std::string& worker, const proto::Heartbeat& heartbeat);
  void set_lost_intervals(const std::string& worker, std::uint64_t intervals);
  // With no requests it takes back what was said of the worker last: it reported them after all.
  void add(LostRow lost);

  // A new run, or --reset-stats: forgets everything, also how the workers fared.
  void reset(TimePoint start);

  // Adds what was gathered to the sums, and shows it to who was named for that.
  void settle() const;
  void on_settled(std::function<void(const Endpoints&)> shown) { shown_ = std::move(shown); }

  // The sum of all deltas.
  const Delta& totals() const { return settle(), totals_; }
  // Of all endpoints together.
  const EndpointStats& total() const { return settle(), total_; }

  Snapshot snapshot(const RunStatus& status, TimePoint now) const;

 private:
  TimePoint start_;
  std::function<void(const Endpoints&)> shown_;
  // Settled by who looks.
  mutable Delta totals_;
  mutable EndpointStats
      total_;  // kept: to sum up thousands of endpoints takes as long as a look may
  mutable Endpoints gathered_;  // in neither of them yet
  std::map<std::string, std::set<std::string>> workers_by_traceback_;
  // Thousands, whose ids differ in their last letters only: comparing is slower than hashing.
  std::unordered_map<std::string, WorkerRecord> workers_;
  std::vector<LostRow> lost_;

  void add(WorkerRecord& record, const std::string& worker, Delta measured);
};

}  // namespace swarm::master
