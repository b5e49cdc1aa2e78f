#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/ids.h"
#include "common/result.h"
#include "common/stats/sample.h"
#include "common/value.h"

namespace swarm {

class Loop;

// A task, or a set of tasks, of a user class.
struct TaskNode {
  std::string name;
  double weight = 1;                    // relative to its siblings; > 0
  std::vector<TaskNode> children = {};  // empty: a task
};

// A kind of user that a scenario offers.
struct UserClass {
  std::string name;
  double weight = 1;              // relative to the other classes; >= 0
  std::uint32_t fixed_count = 0;  // > 0: this many users before all others, and no more
  std::string host = {};          // base URL; empty: must be given on the command line
  std::vector<TaskNode> tasks = {};
  std::optional<Duration> mean_wait = {};  // between two tasks, if that can be told
  bool needs_host = true;                  // its users make HTTP requests below `host`
};

// What a load shape wants from now on.
struct ShapeStep {
  std::uint32_t users = 0;
  double users_per_s = 1;  // > 0
  // Names: users that come from now on are of these. Empty: as before, which is all at first.
  std::vector<std::string> user_classes = {};
  friend bool operator==(const ShapeStep&, const ShapeStep&) = default;
};

// An option that a scenario adds to the program's, as a form shows it.
struct ScenarioOption {
  enum class Kind : std::uint8_t { Text, Number, Bool, Choice, List };

  std::string name;  // as the scenario's code has it: with '_'
  std::string help;
  Kind kind = Kind::Text;
  std::vector<std::string> choices;
  std::vector<std::string> values;  // at present; of a list any number, of others at most one
  bool secret = false;
  bool required = false;
};

// What is chosen between two runs.
struct RunChoice {
  std::string profile = {};  // a label
  std::string shape = {};    // one of Scenario::shapes(); empty: none
  // Options of the scenario that get other values, as texts.
  std::vector<std::pair<std::string, std::vector<std::string>>> options = {};
};

// How a user is made to end.
enum class StopUser : std::uint8_t {
  AfterTask,  // finishes its current task; one that waits ends now
  Now,        // wherever it is; a request in flight is interrupted
};

// A message that the scenario sent to itself in another process.
struct ScenarioMessage {
  std::string type;
  Value data;
  std::string worker;  // where it comes from, or, if that is the master, where it goes to
};

// What a scenario file offers: user classes, hooks, and the life of users on a worker.
// Thread  loop
// Errors  what fails inside a user's task is a sample or an exception of the run, never of ours
class Scenario {
 public:
  virtual ~Scenario() = default;

  // Sorted by name; unchanging after load.
  virtual std::span<const UserClass> user_classes() const = 0;

  // Hooks around a run, on every process that takes part. They may take their time: no user is
  // hatched before the start is `done`, none stopped before the stopping is.
  using Done = std::function<void()>;
  virtual void test_start(Done done) { done(); }
  virtual void test_stopping(Done done) { done(); }
  virtual void test_stop(Done done) { done(); }
  virtual void spawning_complete(std::uint32_t users) { static_cast<void>(users); }
  virtual void stats_reset() {}

  // Around the end of the process, after all runs and outside of the loop's turns. The first may
  // decide its exit code; the second is told it.
  virtual std::optional<int> quitting() { return std::nullopt; }
  virtual void quit(int exit_code) { static_cast<void>(exit_code); }
  // Of a run without a failure or exception: not 0 if something else of the scenario went wrong.
  virtual int exit_code() const { return 0; }

  // What may be changed between two runs, beside what every scenario has; and what is chosen from
  // the next one on. Errors: an option that is not there, or a value that does not fit, in one
  // line; nothing has changed then.
  virtual std::vector<ScenarioOption> options() const { return {}; }
  virtual Result<void> choose(const RunChoice& choice) {
    if (choice.options.empty()) return {};
    return Error{"the scenario has no option " + choice.options.front().first};
  }

  // A load shape decides by itself how many users there are. It is asked once a second; no step
  // ends the run. The first one is in use until another is chosen.
  virtual std::vector<std::string> shapes() const { return {}; }
  virtual void tick_shape(std::function<void(std::optional<ShapeStep>)> done) { done({}); }
  // Its time counts from now, or from so long ago: the run was begun by a master that is no more.
  virtual void shape_began(Duration ago) { static_cast<void>(ago); }

  // Messages of its own, from another process of the run or from this one.
  virtual void receive(const ScenarioMessage& message) { static_cast<void>(message); }

  // Between processes. A master's scenario tells what its options are beside the program's, as a
  // map, and each worker's is given them before test_start.
  virtual Value own_options() const { return {}; }
  virtual void take_options(const Value& options) { static_cast<void>(options); }
  // On a worker: its place among all, from 0; tells whenever a master has said it.
  virtual void joined(std::uint32_t index) { static_cast<void>(index); }
  // On a master: a worker is there, for the first time or again.
  virtual void worker_connected(const std::string& worker) { static_cast<void>(worker); }

  // Reports as Locust's dictionaries, see locust_stats() in proto/locust_dialect.h. They are built
  // only for a scenario that watches them. On a worker: before one is sent, keys may be added; on a
  // master: when one has come.
  virtual bool watches_reports() const { return false; }
  virtual void report_to_master(const std::string& worker, Value& data) {
    static_cast<void>(worker), static_cast<void>(data);
  }
  virtual void worker_report(const std::string& worker, const Value& data) {
    static_cast<void>(worker), static_cast<void>(data);
  }
  // How often a worker is to report, if the scenario itself says so.
  virtual std::optional<Duration> report_interval() const { return std::nullopt; }

  // How a master shows the run, if the scenario itself says so: the percentiles of its table, as
  // shares, and the time between two tables.
  virtual std::vector<double> percentiles() const { return {}; }
  virtual std::optional<Duration> table_interval() const { return std::nullopt; }

  // The files that a worker must have to load this scenario: absolute paths; the first ones, as
  // many as were named, are the scenario's own. Empty: it cannot travel.
  virtual std::vector<std::string> files() const { return {}; }

  // Starts a user. Its end, for whatever reason, is told once by ScenarioHost::user_ended, never
  // from inside this call.
  // REQUIRES: `id` is not alive; user_class is one of user_classes().
  virtual void spawn(UserId id, UserClassId user_class) = 0;

  // Asks a user to end; its on_stop still runs. May be called again with Now.
  // REQUIRES: `id` is alive.
  virtual void stop(UserId id, StopUser how) = 0;
};

// What the process offers to a scenario.
// Thread  loop
class ScenarioHost {
 public:
  virtual Loop& loop() = 0;

  // --host, or empty; overrides UserClass::host. Changes between runs only.
  virtual std::string_view host() const = 0;

  // Interns; the same (method, name) gives the same id for the life of the process.
  virtual EndpointId endpoint(std::string_view method, std::string_view name) = 0;

  // Asked once before each request. False: the run's number of requests (-n) is given out, the
  // user should end. A permit is used up by record(), or given back.
  virtual bool take_permit() = 0;
  virtual void return_permit() = 0;

  virtual void record(const Sample& sample) = 0;
  // A request that had been sent and was given up because its user was ended: neither a success
  // nor a failure. Gives its permit back.
  virtual void record_interrupted(EndpointId endpoint) = 0;
  // The generator could not make the request (descriptors, ports, memory): not a request, never a
  // failure of the target. Gives its permit back. `what` groups.
  virtual void record_generator_error(std::string_view what) = 0;
  // An exception that left a task.
  virtual void record_exception(std::string_view message, std::string_view traceback) = 0;

  // Connections opened by this process so far, for the generator's health.
  virtual void connection_opened() = 0;

  virtual void user_ended(UserId id) = 0;
  // The scenario wants the whole run to end.
  virtual void stop_run() = 0;

 protected:
  ~ScenarioHost() = default;
};

}  // namespace swarm
