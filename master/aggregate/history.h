#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/stats/endpoint_stats.h"
#include "master/aggregate/snapshot.h"
#include "master/aggregate/timeline.h"

namespace swarm::master {

// What happened in a run, for whoever looks at its way: "users 50 -> 100".
struct Mark {
  Duration at{};  // since the run's statistics started
  std::string text;
};

// A run over time, or one that was.
struct RecordedRun {
  std::uint64_t number = 0;  // of the process, from 1
  std::string label;         // for people: what was loaded
  TimePoint started{};
  std::optional<TimePoint> ended{};
  Timeline total{0};
  std::vector<Mark> marks{};
  // At its end. No value: it goes on, or was never ended.
  std::optional<EndpointRow> totals{};
  bool kept = false;  // there is all the rest of it as well, for whoever has an Archive
};

// How the runs of this process went over time: the present or last one with a timeline for each
// endpoint, those before with that of their total.
//
// Flow    endpoints of deltas -> [History] -> RecordedRun, Timeline -> history views
// Thread  loop; what it returns are values that can be copied for another thread
// Errors  none
//
// All memory is bounded: above `most_bytes` the endpoint with the fewest requests keeps no more
// than a summary of its response times; then, the fewest again, no timeline. Totals stay exact.
//
// Slots of endpoints are not joined at the same time, so that the loop never stands still for all
// of them.
class History {
 public:
  static constexpr std::size_t kMostRuns = 10;    // the present one too
  static constexpr std::size_t kMostMarks = 200;  // of a run; others are not kept
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20;
  // Of endpoints; the total has Histogram's own buckets.
  static constexpr unsigned kCoarseness = Latencies::kMostCoarse;

  explicit History(std::size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}

  // A run begins: `key` tells it from others. With the key of the present run its statistics start
  // again at zero: what was recorded of it is forgotten. A run that measured nothing is not kept.
  void begin(std::uint64_t key, std::string label, TimePoint started);
  void end(TimePoint now, EndpointRow totals);

  // In any order, each once: what an Aggregator gathered of some reports costs as much as of one.
  void add(const std::map<EndpointName, EndpointStats>& measured, TimePoint now);
  void add_users(std::uint32_t users, TimePoint now);
  void mark(std::string text, TimePoint now);

  // The newest first; empty before the first one begins.
  std::vector<const RecordedRun*> runs() const;
  // Null: there is none, or it is not kept any more.
  const RecordedRun* run(std::uint64_t number) const;
  // Of the present or last run. Null: unknown, or its timeline was given up.
  const Timeline* endpoint(const EndpointName& name) const;

  // Of what is recorded.
  std::size_t bytes() const;

 private:
  struct Recorded {
    std::optional<Timeline> timeline;  // no value: given up
    std::uint64_t requests = 0;
  };

  std::int64_t second_of(TimePoint now) const;
  void record(const EndpointName& name, const EndpointStats& stats, std::int64_t latest);
  void give_up_some();

  std::size_t most_bytes_;
  std::deque<RecordedRun> runs_;  // the newest first
  std::uint64_t key_ = 0;
  std::uint64_t last_number_ = 0;
  std::map<EndpointName, Recorded> endpoints_;
  std::size_t bytes_endpoints_ = 0;
  std::uint64_t next_most_slots_ = 0;
  Portions portions_;
};

}  // namespace swarm::master
