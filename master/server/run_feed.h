#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/result.h"
#include "master/aggregate/history.h"
#include "master/views/scene.h"

namespace swarm::master {

// Starts a run, or leads the present one to other numbers. What is not said stays as it was.
struct StartRun {
  std::optional<std::uint32_t> users{};
  std::optional<double> users_per_s{};
  std::optional<std::string> host{};
  std::optional<std::string> run_time{};  // a time span, as --run-time has it; "": no limit
  std::optional<std::vector<std::string>> classes{};
  std::optional<std::string> profile{};
  std::optional<std::string> shape{};  // "": none
  // The scenario's own options, each with its values.
  std::vector<std::pair<std::string, std::vector<std::string>>> options{};
};
// `wait`: the answer comes when no user is left.
struct StopRun {
  bool wait = false;
};
struct ResetStats {};
// What Locust calls POST /user: other values of a user class, from the next run on.
struct ChangeClass {
  std::string user_class;
  std::optional<double> weight{};
  std::optional<std::uint32_t> fixed_count{};
};
using Command = std::variant<StartRun, StopRun, ResetStats, ChangeClass>;

// How a run that was started is called.
struct Started {
  std::string host;
  std::optional<std::uint64_t> run_time_s{};
  std::vector<std::string> classes{};
  std::string shape{};  // that decides on the users; empty: none
};
using CommandAnswer = Result<Started>;

// A look back: at an endpoint's, or the total's, way through a run of this process.
struct Recall {
  std::uint64_t run = 0;                    // 0: the present or last one
  std::optional<std::uint64_t> endpoint{};  // see endpoint_id()
  std::size_t busiest = 0;                  // so many endpoints, those with the most requests
};
struct Recalled {
  std::vector<RecordedRun> runs{};  // the newest first; their totals' timelines, if no run is named
  std::optional<RecordedRun> run{};
  std::shared_ptr<const Scene> scene{};  // of a run before the present one; null: it is not kept
  std::optional<Timeline> timeline{};
  std::vector<std::pair<EndpointName, Timeline>> endpoints{};  // the busiest
  Duration until{};
  WallClock clock{};
};

// How the web server sees a run and gives it commands, across threads.
//
// Flow    WebServer -> [RunFeed] -> the loop -> Scene, or the answer -> WebServer
// Thread  called on the server's; `done` may be called on any, once or (the run is gone) never
// Errors  of a command: in one line, for whoever gave it
struct RunFeed {
  std::function<void(std::function<void(std::shared_ptr<const Scene>)> done)> look;
  std::function<void(Recall what, std::function<void(std::shared_ptr<const Recalled>)> done)>
      recall;
  std::function<void(Command command, std::function<void(CommandAnswer)> done)> command;
};

}  // namespace swarm::master
