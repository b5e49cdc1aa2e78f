#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace swarm {

class Loop;

// What a scenario may do to the run that it is in, and ask of it: what Locust calls the runner and
// its statistics. All of it is empty where there is no run.
// Thread  loop
// Errors  a command that makes no sense now is logged and ignored
struct RunControl {
  // To that many users, so many a second, whether a run is on or not.
  std::function<void(std::uint32_t users, double users_per_s)> start;
  std::function<void()> stop;
  // Ends the run, and the process.
  std::function<void()> quit;
  // ready, spawning, running, stopping, stopped: Locust's words.
  std::function<std::string()> state;
  std::function<std::map<std::string, std::uint32_t>()> users;  // alive, by class
  // Everything measured so far, to the last sample: see run_json in master/views/json.h.
  std::function<std::string()> stats_json;
  std::function<void()> reset_stats;
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
