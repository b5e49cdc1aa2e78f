#pragma once

#include <cstddef>
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
#include "common/value.h"

// What a master and its workers say to each other, in the project's own terms. How it becomes
// bytes is the codec's business; how it becomes Locust's messages, the dialect's.
namespace swarm::proto {

using WorkerId = std::string;
// The runs of a master, counted upward from a number that a restarted master does not use again;
// 0 is no run.
using RunId = Id<struct RunTag, std::uint64_t>;

// Where a run, or one worker's part in it, stands.
enum class RunState : std::uint8_t { Ready, Spawning, Running, Stopping, Stopped, Missing };
std::string_view name(RunState state);

// What a peer understands. Only between swarm's own processes is everything below possible.
enum class Dialect : std::uint8_t { Swarm, Locust };

// A message of the scenario's own, either way.
struct CustomMessage {
  std::string type;  // none of Locust's own
  Value data;
  friend bool operator==(const CustomMessage&, const CustomMessage&) = default;
};

struct ClassCount {
  std::string user_class;
  std::uint32_t users = 0;
  friend bool operator==(const ClassCount&, const ClassCount&) = default;
};

// --- master -> worker ---

// The link to the master is there, for the first time or again: the worker is to say who it is.
// Made by the worker's own end of the link.
struct Introduce {
  Dialect master = Dialect::Swarm;
};

// The answer to ClientReady.
struct Ack {
  std::uint32_t index = 0;  // of the worker, from 0, for the master's life
  // The run that the worker said it is in, if it goes on; 0: it is over, its users are to end.
  RunId run;
  std::uint64_t counted = 0;  // the newest report of that run that is counted; 0: none
};

// Why this worker cannot take part, in a line for its user: the worker says it and leaves.
struct Refused {
  std::string reason;
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
  Duration report_interval{};  // 0: as the worker likes
  Value options{};             // the scenario's own, as the master was given them: a map, or nil

  // It was written so long ago and leaves only now. Thousands leave one after the other: without
  // this, users of the last would be later than those of the first.
  void delayed(Duration by);
};

// Requests that this worker may make in this run, all together so far; without one, any number.
// `granted` may be less than before: what is not taken yet is given back.
struct Permits {
  RunId run;
  std::uint64_t granted = 0;
  std::uint64_t serial = 0;  // grows; an older one is ignored
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

// A file of a scenario.
struct ScenarioFile {
  std::string path;      // relative, with '/', without '..'
  std::string contents;  // any bytes
  friend bool operator==(const ScenarioFile&, const ScenarioFile&) = default;
};

// The answer to ScenarioRequest.
struct ScenarioFiles {
  std::vector<std::string> entries;  // what -f names, of `files`
  std::vector<ScenarioFile> files;
  std::string error;  // why there are none, in a line for the worker's user; else empty
};

using ToWorker = std::variant<Introduce, Ack, Refused, Spawn, Permits, SpawningComplete, ReportAck,
                              Stop, Quit, ScenarioFiles, CustomMessage>;

// --- worker -> master ---

// What a worker that comes back says about the run that it is in.
struct RunFacts {
  RunId run;
  Duration age{};
  std::uint32_t era = 0;
  std::uint64_t order = 0;    // the last that it obeyed
  std::uint64_t seq = 0;      // the newest report that it knows to be counted
  std::uint64_t samples = 0;  // recorded in this run
  std::vector<ClassCount> users;
  std::optional<Permits> permits;
};

struct ClientReady {
  std::string version;
  std::optional<RunFacts> run{};  // of a worker that is in one
};

// Spawn `order` is carried out, and whoever was asked to end has ended.
struct OrderDone {
  RunId run;
  std::uint64_t order = 0;
  std::vector<ClassCount> users;
};

// Sent every second, also while the worker's loop is held.
struct Heartbeat {
  RunState state = RunState::Ready;
  double cpu_percent = 0;          // of one core, of the whole process
  std::uint64_t bytes_memory = 0;  // resident
  std::uint64_t samples = 0;       // recorded in this run
  Duration loop_lag{};             // how long the loop has not come round, or last did not
};

// What a worker measured, and how it is. Counted once by (worker, run, seq); repeated until
// acknowledged.
struct Report {
  RunId run;
  std::uint64_t seq = 0;  // from 1, growing
  // It holds what came after the report of this number; 0: all of the run's era. A master counts it
  // if that is the newest that it has counted, and else says so with an Ack.
  std::uint64_t since = 0;
  std::uint32_t era = 0;  // see SpawningComplete
  Delta delta;
  std::uint64_t samples = 0;  // recorded in this run, in all eras
  std::vector<ClassCount> users;
  RunState state = RunState::Ready;
  WorkerHealth health;
  Permits permits{};  // as the worker has them: what of `granted` it does not use is not given back
  Value extra{};      // what listeners of report_to_master added: a map, or nil
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

// A worker without a scenario asks for the master's.
struct ScenarioRequest {
  std::string platform;  // what a compiled scenario must fit: see platform() in common/platform.h
};

// The worker could not load what it was given: it goes.
struct ScenarioFailed {
  std::string reason;  // one line or many
};

// The newest lines of the worker's log, the oldest first: all that it keeps, each time.
struct Logs {
  static constexpr std::size_t kMostLines = 500;
  std::vector<std::string> lines;
};

using ToMaster = std::variant<ClientReady, OrderDone, Heartbeat, Report, StopRequest, ClientStopped,
                              Goodbye, ScenarioRequest, ScenarioFailed, Logs, CustomMessage>;

}  // namespace swarm::proto
