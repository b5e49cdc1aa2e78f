#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "common/stats/endpoint_stats.h"
#include "master/aggregate/snapshot.h"
#include "master/views/locust_times.h"
#include "master/views/wall_clock.h"

namespace swarm::master {

// The files that Locust writes for --csv and offers for download, to the byte: pure functions, each
// result with its header row.
//
// Flow    Snapshot -> [csv] -> files, downloads
// Units   milliseconds; percentiles rounded as Locust's; First Seen and Last Seen in UTC
//         (a time within 0.4 % of where its rounding steps may be told as the next step's)
// Source  Locust's StatsCSV. Rows of failures are in the order of our tables; Locust's stand in the
//         order of a hash of theirs.

std::string requests_csv(const Snapshot& run);
std::string failures_csv(const Snapshot& run, const WallClock& clock);
std::string exceptions_csv(const Snapshot& run);

// The rows of `_stats_history.csv`, one instant after the other.
//
// Full history has a row for each endpoint as well, and then the percentiles are those of the last
// ten seconds, which it remembers for that.
class HistoryCsv {
 public:
  explicit HistoryCsv(bool full) : full_(full) {}

  static std::string header();
  // What is appended at this instant. To be called once a second; a new run may begin in between.
  std::string rows(const Snapshot& run, const WallClock& clock);

 private:
  static constexpr std::size_t kWindow = 10;  // seconds

  LocustTimes current(const EndpointRow& row, const LocustTimes& all);

  bool full_;
  TimePoint started_{};
  // Of each endpoint, the oldest first: its response times so far.
  std::map<EndpointName, std::deque<LocustTimes>> before_;
};

}  // namespace swarm::master
