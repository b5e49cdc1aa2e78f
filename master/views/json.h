#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/scenario.h"
#include "master/aggregate/snapshot.h"
#include "master/aggregate/timeline.h"
#include "master/views/wall_clock.h"

namespace swarm::master {

// --json: a list of the endpoints that had requests, with Locust's fields. Times are milliseconds,
// instants seconds since 1970; the keys of response_times are rounded as Locust rounds them, what
// its total, smallest and largest are is exact. Ends without a line break, as all JSON here.
// Source  Locust's stats entries: name, method, last_request_timestamp, ...
std::string stats_json(const Snapshot& run, const WallClock& clock);

// Everything that a scenario's hooks may ask of a run:
// {"start_time", "entries": [entries of stats_json with "percentiles" and rates], "total": one,
//  "errors": [{"method", "name", "error", "occurrences", "first_seen", "last_seen"}],
//  "exceptions": [{"count", "msg", "traceback", "nodes"}],
//  "workers": [{"id", "requests", "requests_per_s", "users", "peak_users", "send_lag_p99",
//    "loop_busy", "loop_lag", "memory", "lost_intervals"}],
//  "lost": [{"worker", "since", "at_least", "at_most"}]}.
// Of workers: milliseconds (null: nothing was paced), a share in [0, 1], milliseconds at the
// longest, bytes; "lost" is what no total has of workers that went, in requests.
// "percentiles" are milliseconds at 0 %, 0.5 %, ... 100 %, then 99.9 % and 99.99 %.
std::string run_json(const Snapshot& run, const WallClock& clock);

// What a run document says of where it comes from.
struct RunFacts {
  std::string version;   // of swarm
  std::string scenario;  // its file
  std::string host;      // empty: the user classes' own
};

// A run as one document, to be kept: what run_json() tells, the facts, the state, the verdict, and
// the points of `total` (see history_json.h; null: none).
std::string run_document(const Snapshot& run, const RunFacts& facts, const Timeline* total,
                         const WallClock& clock);

// --show-task-ratio-json: {"per_class": {CLASS: {"tasks": {TASK: {"ratio": r}}, "ratio": r}},
// "total": the same}. `users` as in task_ratios().
std::string task_ratio_json(std::span<const UserClass> classes, std::uint32_t users);

}  // namespace swarm::master
