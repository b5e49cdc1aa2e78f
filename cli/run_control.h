#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/value.h"

namespace swarm {

class Loop;

// A worker as its master knows it.
struct WorkerInfo {
  std::string id;
  std::string state;  // ready, spawning, running, stopping, missing: Locust's words
  std::uint32_t index = 0;
  std::map<std::string, std::uint32_t> users;  // by class, as last reported
  double cpu_percent = 0;
  std::uint64_t bytes_memory = 0;
};

// What a scenario may do to the run that it is in, and ask of it: what Locust calls the runner and
// its statistics. All of it is empty where there is no run.
// Thread  loop
// Errors  a command that makes no sense now is logged and ignored
struct RunControl {
  // To that many users, so many a second, whether a run is on or not. Those that come are of
  // `classes`; none: as before, which are all in a new run.
  std::function<void(std::uint32_t users, double users_per_s, std::vector<std::string> classes)>
      start;
  std::function<void()> stop;
  // Ends the run, and the process.
  std::function<void()> quit;
  // ready, spawning, running, stopping, stopped: Locust's words.
  std::function<std::string()> state;
  std::function<std::map<std::string, std::uint32_t>()> users;  // alive, by class
  // How many there are to be, and how many of them come or go a second: of the run, also before its
  // first hook; on a worker its own, without the second.
  std::function<std::pair<std::uint32_t, double>()> wanted;
  // Everything measured so far, to the last sample: see run_json in master/views/json.h.
  std::function<std::string()> stats_json;
  std::function<void()> reset_stats;

  // To the scenario in another process: from a master to one worker or (nullopt) all, from a worker
  // to its master; in a local run to itself.
  std::function<void(const std::string& type, Value data, std::optional<std::string> worker)>
      send_message;
  std::function<std::vector<WorkerInfo>()> workers;  // of a master, by id; empty elsewhere
  std::function<std::string()> worker_id;            // of this worker; empty on a master
  // Of a master: its process is known to be dead, nobody is to wait for it to come back.
  std::function<void(const std::string& worker)> worker_died{};
};

// Who turns the loop that a role lives on: the process itself, or an interpreter's hub.
struct LoopRunner {
  Loop& loop;
  // Returns after finish(), or if the loop cannot go on: false.
  std::function<bool()> run;
  std::function<void()> finish;
  // A signal waits, and the loop does not come round: somebody holds it. From any thread.
  std::function<void()> stuck;
};

}  // namespace swarm
