#pragma once

#include <string_view>

#include "common/value.h"
#include "proto/locust_master.h"
#include "proto/locust_worker.h"
#include "proto/messages.h"

// Locust's own protocol, spoken from either end: LocustWorker is a peer of a master of ours,
// LocustMaster one of a worker of ours. Both ends keep what the protocol leaves unsaid: which run
// it is, which order is meant. Its times are of the calendar, in seconds; ours count from the start
// of the run.
//
// Source  locust-reference 3.3 to 3.5
namespace swarm::proto {

// The data of `stats` as Locust's listeners of report_to_master and worker_report see it, made from
// a report; keys of `extra` that are not Locust's join it.
Value locust_stats(const Report& report, double run_start_s);
// Which keys of it are Locust's own.
bool is_locust_stats_key(std::string_view key);

}  // namespace swarm::proto
