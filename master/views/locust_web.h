#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/clock.h"
#include "common/scenario.h"
#include "master/aggregate/snapshot.h"
#include "master/aggregate/timeline.h"
#include "master/views/scene.h"
#include "master/views/wall_clock.h"

namespace swarm::master {

// The JSON of Locust's web routes, for exporters and scripts that were written for it: the keys of
// its newest version and, beside them, those that are gone from it. `total_rps` is the average over
// the run, as in the newest; versions before 2 meant the current rate.
//
// Source  Locust's web.py, and StatsEntry.to_dict

// A worker at this moment.
struct WorkerNow {
  std::string id;
  std::string state;
  std::uint64_t users = 0;
  double cpu_percent = 0;
  std::uint64_t bytes_memory = 0;
};

// /stats/requests. `total`: the run's timeline, for the percentiles of its last ten seconds; null:
// they are unknown. `workers`: of a master.
std::string locust_stats_json(const Snapshot& run, const Timeline* total, const WallClock& clock,
                              std::optional<std::span<const WorkerNow>> workers);
// More rows than these would only slow down who reads them; the total is of all.
inline constexpr std::size_t kMostLocustRows = 500;

// window.templateArgs of its HTML report.
std::string locust_report_json(const Scene& scene);

// /exceptions
std::string locust_exceptions_json(const Snapshot& run);

// /tasks: how often tasks are chosen by the users that are alive; by weight, if there are none.
std::string locust_tasks_json(const Snapshot& run, std::span<const UserClass> classes);

}  // namespace swarm::master
