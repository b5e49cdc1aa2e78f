#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/csv_files.h"
#include "cli/expected_workers.h"
#include "cli/idle_cores.h"
#include "cli/local_run.h"
#include "cli/run_hooks.h"
#include "cli/shape_clock.h"
#include "cli/signals.h"
#include "cli/stop_gate.h"
#include "cli/web_desk.h"
#include "master/aggregate/aggregator.h"
#include "master/aggregate/history.h"
#include "master/run/coordinator.h"
#include "master/views/archive.h"

namespace swarm {

// The master's side of a process: has a scenario's runs conducted over a link, shows them on
// stderr, and decides the exit code. The local and the master role are one of these each.
//
// Flow    Options, Scenario -> [Conductor] -> master::Coordinator -> proto::FleetLink
//         reports -> [Conductor] -> master::Aggregator -> tables on stderr
// Thread  loop
// Errors  logged; see conduct()
//
// A run begins when the expected workers are there, or when the web UI says so. When it is over,
// another one follows if the scenario ended it and asked for one meanwhile; without a web UI the
// workers are sent away then, and the loop ends.
class Conductor {
 public:
  // What the roles differ in.
  struct Settings {
    // The one worker is in this process, where it runs the scenario's hooks: they are not run
    // twice.
    bool alone = false;
    proto::RunId first_run{1};
    // Has what was measured in this process, and is in no total yet, counted.
    std::function<void()> collect;
    // Alive now, by class; unset: as the workers reported.
    std::function<std::map<std::string, std::uint32_t>()> users{};
    // The totals start again at zero.
    std::function<void(TimePoint now)> restarted{};
    // A few turns of the loop are left: has the last measurements sent.
    std::function<void()> hurry{};
  };

  Conductor(const Options& options, LoopRunner runner, Settings settings);

  // Makes the scenario, which is given up with the conductor, and before whatever was made before
  // it. An exit code: that was all, lists are printed, or it was refused.
  std::optional<int> load(const LoadScenario& load, ScenarioHost& host);
  // Returns the exit code of the process. `link` must outlive the conductor; what arrives on it is
  // to be passed on to receive().
  // REQUIRES: load() gave no exit code.
  int conduct(proto::FleetLink& link);

  void receive(const proto::WorkerId& from, proto::ToMaster message);
  // Counts measurements of this process itself.
  void add(const std::string& worker, Delta measured) {
    totals_.add(worker, std::move(measured));
    totals_.settle();
  }
  void quit();

  Scenario& scenario() { return *scenario_; }

 private:
  static constexpr Duration kTableInterval = std::chrono::seconds{2};
  static constexpr Duration kLeastTableInterval = std::chrono::milliseconds{100};
  static constexpr std::size_t kMostLogs = 1000;  // of workers
  // What changes between runs only.
  struct Plan {
    std::string host{};
    std::vector<std::string> classes{};  // by name; empty: all
    std::string profile{};
    std::string shape{};  // empty: none
    friend bool operator==(const Plan&, const Plan&) = default;
  };
  enum class Phase : std::uint8_t { Gathering, Starting, Running, Stopping, Leaving };

  RunControl control();
  master::Coordinator::Settings coordinator_settings() const;
  master::Coordinator::Outlets outlets();
  template <typename Action>
  void with_coordinator(Action action);

  void gather();
  void begin();
  void start(const master::Profile& profile);
  void started();
  void lead(const master::Profile& profile);
  void stop();
  void entered(proto::RunState state);
  void shape_over();
  void stopping();
  void stopped();
  void run_over();
  void ended();
  void refuse(const std::string& reason);
  void leave();
  void interrupted(int signal);
  void say_who_is_awaited();
  void run_hook(RunHooks::Hook hook, std::function<void()> then);

  Result<void> open_web();
  void make_offer();
  std::shared_ptr<const master::Scene> scene();
  std::shared_ptr<master::Scene> describe();
  std::shared_ptr<const master::Recalled> recall(const master::Recall& what);
  std::vector<std::pair<EndpointName, master::Timeline>> busiest(std::size_t most);
  void keep_last_run();
  Result<void> write_html();
  std::uint64_t newest_run();
  Duration known_until(const master::RecordedRun& run) const;
  void obey(master::Command command, std::function<void(master::CommandAnswer)> done);
  master::CommandAnswer obey(const master::StartRun& start_run);
  master::CommandAnswer obey(const master::ChangeClass& change);
  void change_classes(std::vector<UserClass>& classes) const;
  Result<Plan> planned(const master::StartRun& start_run) const;
  Result<void> follow(Plan plan, std::vector<UserClass> classes, const master::StartRun& start_run);
  void tell_plan();
  bool changes_options(const master::StartRun& start_run) const;
  Value options_for_workers() const;

  void reset_totals(TimePoint now);
  void count(const proto::WorkerId& worker, proto::Report report);
  void send_message(const std::string& type, const Value& data,
                    const std::optional<std::string>& worker);
  std::vector<WorkerInfo> workers() const;
  std::map<std::string, std::uint32_t> users() const;

  Duration table_interval() const;
  void show_table();
  Result<void> open_csv();
  void write_csv();
  int show_end();
  Result<void> write_json_file(const master::Snapshot& end) const;
  void note_users();
  master::Snapshot snapshot();

  const Options options_;
  const LoopRunner runner_;
  const Settings settings_;
  Loop& loop_;
  RunControl control_;
  std::vector<UserClass> classes_;  // of the run
  master::Aggregator totals_;
  TimePoint totals_start_;
  master::History history_;
  master::Archive archive_;  // of runs before the present or last one
  TimePoint users_noted_{};  // in history_
  TimePoint settle_due_{};   // of totals_, for history_
  master::WorkerLogs logs_;
  std::optional<StopGate> gate_;
  std::optional<master::Coordinator> coordinator_;
  // What the coordinator told, for when it may be called again.
  std::deque<std::function<void()>> news_;

  Phase phase_ = Phase::Gathering;
  bool begun_ = false;                      // enough workers were there
  std::optional<master::Profile> pending_;  // once test_start is over
  std::optional<master::Profile> next_;     // once this run is over
  bool ended_by_scenario_ = false;          // this run: another one may follow
  bool leaves_ = false;                     // no other run
  bool signalled_ = false;
  Plan plan_;
  master::Profile wanted_{.users = 0, .users_per_s = 0, .run_time = {}};  // of the run
  std::vector<master::ChangeClass> changes_;
  std::uint32_t runs_ = 0;
  std::optional<TimePoint> ended_at_{};           // the last run; no value: it goes on
  bool shape_over_ = false;                       // and with it this run
  std::uint32_t resets_ = 0;                      // of this run's totals
  std::shared_ptr<const master::Offer> offer_;    // null: made anew when it is asked for
  std::vector<std::function<void()>> when_over_;  // the run
  bool refused_ = false;                          // no run took place
  bool abandoned_ = false;                        // by a second signal

  IdleCores idle_cores_;
  RunHooks hooks_;
  ShapeClock shape_;
  ExpectedWorkers expected_;
  CallbackTimer orders_;
  CallbackTimer table_;
  CallbackTimer awaiting_;  // while the run is stopping
  CallbackTimer farewell_;
  CallbackTimer autoquit_;
  std::optional<CsvFiles> csv_;
  CallbackTimer csv_due_;
  Signals signals_;
  std::unique_ptr<Scenario> scenario_;
  std::optional<WebDesk> web_;  // goes first: nobody looks at what goes
};

}  // namespace swarm
