#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/scenario.h"
#include "master/aggregate/snapshot.h"
#include "master/aggregate/timeline.h"
#include "master/views/wall_clock.h"
#include "proto/messages.h"

namespace swarm::master {

// What may be started, and with what: what a form is made of. Changes between runs only.
struct Offer {
  std::string version;
  std::string scenario;  // the name of its file
  bool distributed = false;
  std::string host;
  bool host_required = false;
  std::vector<UserClass> classes{};
  bool picker = false;  // which classes take part may be chosen
  std::vector<std::string> shapes{};
  std::string shape{};                   // of the shapes, the one in use; empty: none
  std::optional<std::uint32_t> users{};  // what the command line asks for
  std::optional<double> users_per_s{};
  std::optional<std::chrono::seconds> run_time{};
  std::string profile{};
  std::vector<ScenarioOption> options{};
  bool login = false;
  bool full_history = false;  // --csv-full-history
};

// A worker as its master knows it now.
struct SeenWorker {
  std::string id;
  std::uint32_t index = 0;
  proto::RunState state = proto::RunState::Ready;
  std::uint32_t users = 0;
  double cpu_percent = 0;  // of one core
  std::uint64_t bytes_memory = 0;
  Duration loop_lag{};
  Duration last_heard{};  // ago
};

// The last lines of each worker's log, by its id. Lines are shared: nobody changes them.
using WorkerLogs = std::map<std::string, std::shared_ptr<const std::vector<std::string>>>;

// All that a page shows of a process at one instant: the Snapshot, and what stands around it.
// Thread  any: nothing in it changes
struct Scene {
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const Offer> offer;
  WallClock clock{};
  std::uint32_t run = 0;  // of this process, from 1; 0: there was none
  std::uint64_t run_id =
      0;  // of no other run, here or elsewhere; kept by a master that goes on with it
  std::uint32_t resets = 0;          // of the run's statistics
  bool started = false;              // the run's statistics count from snapshot->started
  std::optional<TimePoint> ended{};  // no value: the run goes on
  bool finished = false;             // it ended as planned: nobody cut it short
  std::uint32_t target_users = 0;
  double users_per_s = 0;
  std::optional<std::chrono::seconds> run_time{};
  std::vector<SeenWorker> workers{};  // of a master, by id
  std::vector<std::string> log{};     // its last lines
  WorkerLogs worker_logs{};
  std::shared_ptr<const Timeline> total{};  // of the run's statistics; null: there are none
  Duration took{};                          // the loop, to make this
  Duration until{};                         // what `total` knows, since the statistics started
};

}  // namespace swarm::master
