#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/clock.h"
#include "common/ids.h"
#include "common/stats/delta.h"
#include "common/stats/worker_health.h"

// What a master and its workers say to each other, in the project's own terms. How it becomes
// bytes is the codec's business; how it becomes Locust's messages, the dialect's.
namespace swarm::proto {

using WorkerId = std::string;
// The runs of a master, from 1 upward; 0 is no run.
using RunId = Id<struct RunTag, std::uint64_t>;

// Where a run, or one worker's part in it, stands.
enum class RunState : std::uint8_t { Ready, Spawning, Running, Stopping, Stopped, Missing };
std::string_view name(RunState state);

struct ClassCount {
  std::string user_class;
  std::uint32_t users = 0;
  friend bool operator==(const ClassCount&, const ClassCount&) = default;
};

// --- master -> worker ---

// The answer to ClientReady.
struct Ack {
  std::uint32_t index = 0;  // of the worker, from 0, for the master's life
};

// Users that come and go within the next second or so. The first of a run opens it: its
// statistics start at zero.
struct Spawn {
  enum class Change : std::uint8_t { Hatch, Stop };
  struct Step {
    Duration after{};              // since the order's arrival; not decreasing
    std::uint32_t user_class = 0;  // place in targets
    Change change = Change::Hatch;
    friend bool operator==(const Step&, const Step&) = default;
  };

  RunId run;
  Duration run_age{};               // since the run started: what instants in a Delta count from
  std::uint64_t order = 0;          // grows; one that is not newer than the last is ignored
  std::vector<ClassCount> targets;  // all classes: users on this worker when the steps are done
  std::vector<Step> steps;
  std::string host;  // --host, or empty
  Duration stop_timeout{};
};

// Requests that this worker may make in this run, all together so far; without one, any number.
struct Permits {
  RunId run;
  std::uint64_t granted = 0;
};

// All users of all workers are there.
struct SpawningComplete {
  RunId run;
  std::uint32_t users = 0;
  // A new one (--reset-stats): the statistics start again at zero, now; those before are dropped.
  std::uint32_t era = 0;
};

// All reports of the run up to `seq` are counted.
struct ReportAck {
  RunId run;
  std::uint64_t seq = 0;
};

struct Stop {
  RunId run;
};

struct Quit {};

using ToWorker = std::variant<Ack, Spawn, Permits, SpawningComplete, ReportAck, Stop, Quit>;

// --- worker -> master ---

struct ClientReady {
  std::string version;
};

// Spawn `order` is carried out, and whoever was asked to end has ended.
struct OrderDone {
  RunId run;
  std::uint64_t order = 0;
  std::vector<ClassCount> users;
};

// What a worker measured, and how it is. Counted once by (worker, run, seq); repeated until
// acknowledged.
struct Report {
  RunId run;
  std::uint64_t seq = 0;      // from 1, without gaps
  std::uint32_t era = 0;      // see SpawningComplete
  Delta delta;                // since the report before
  std::uint64_t samples = 0;  // recorded in this run, in all eras
  std::vector<ClassCount> users;
  RunState state = RunState::Ready;
  WorkerHealth health;
};

// The scenario asks for the end of the run.
struct StopRequest {
  RunId run;
};

// The run is over here: no user is left, every report is acknowledged.
struct ClientStopped {
  RunId run;
};

// The worker goes.
struct Goodbye {};

using ToMaster = std::variant<ClientReady, OrderDone, Report, StopRequest, ClientStopped, Goodbye>;

}  // namespace swarm::proto
