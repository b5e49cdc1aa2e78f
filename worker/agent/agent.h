#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/loop.h"
#include "common/scenario.h"
#include "proto/link.h"
#include "proto/messages.h"
#include "worker/agent/health_probe.h"
#include "worker/report/recorder.h"
#include "worker/report/reporter.h"
#include "worker/users/population.h"

namespace swarm::worker {

// A worker: obeys its master, is the host of the scenario, and reports what was measured.
//
// Flow    Link -> proto::Spawn, Stop, ... -> [Agent] -> Population, Recorder
//         Recorder -> Delta -> [Agent] -> Reporter -> Link
// Thread  loop
// Errors  orders that make no sense (an unknown user class, an older run) are logged and ignored
//
// A run begins with test_start: orders wait until it is over. It ends in this order: test_stopping;
// users are asked to end; when the last is gone, test_stop; the last report is sent and
// acknowledged; then the master is told that the worker has stopped.
class Agent final : public ScenarioHost {
 public:
  struct Settings {
    std::string version;
    Duration report_interval = std::chrono::seconds{2};
  };

  // `loop` and `link` must outlive the agent.
  Agent(Loop& loop, proto::Link& link, Settings settings);

  // Tells the master that this worker is ready with this scenario. Once; `scenario` must outlive
  // the agent's last turn.
  void join(Scenario& scenario);
  // What to do when the master sends the worker away and all users are gone.
  void on_quit(std::function<void()> quit) { quit_ = std::move(quit); }

  // Both are called by the agent itself, from the link and a timer.
  void receive(proto::ToWorker message, TimePoint now);
  void tick(TimePoint now);

  // Sends what was measured so far without waiting for the next report to be due.
  void report_soon();
  // The same at once, if the report before is acknowledged.
  void report_now(TimePoint now);

  proto::RunState state() const { return state_; }
  // Alive, by class.
  std::vector<proto::ClassCount> user_counts() const;

  // ScenarioHost
  Loop& loop() override { return loop_; }
  std::string_view host() const override { return host_; }
  EndpointId endpoint(std::string_view method, std::string_view name) override;
  bool take_permit() override;
  void return_permit() override;
  void record(const Sample& sample) override;
  void record_interrupted(EndpointId endpoint) override;
  void record_generator_error(std::string_view what) override;
  void record_exception(std::string_view message, std::string_view traceback) override;
  void connection_opened() override { health_.connection_opened(); }
  void user_ended(UserId id) override;
  void stop_run() override;

 private:
  void obey(proto::Spawn order, TimePoint now);
  void obey(const proto::SpawningComplete& complete, TimePoint now);
  void obey(const proto::Stop& stop);
  void open_run(const proto::Spawn& order, TimePoint now);
  void begin_run(TimePoint now);
  void tick_run(TimePoint now);
  // For the scenario to call: sets the flag, and lets the next tick() see it.
  Scenario::Done when_over(bool Agent::*hook);
  void carry_out(const proto::Spawn& order, TimePoint received, TimePoint now);
  PopulationOrder translate(const proto::Spawn& order, Duration later) const;
  void begin_stopping();
  void finish_stopping();
  void report(TimePoint now);
  bool permits_are_limited() const { return run_.value != 0 && permits_.run == run_; }
  void send(proto::ToMaster message);
  // tick() at the end of this turn.
  void wake();
  void set_timer();

  Loop& loop_;
  proto::Link& link_;
  const Settings settings_;
  CallbackTimer timer_;
  std::function<void()> quit_;
  Scenario* scenario_ = nullptr;
  std::optional<Population> population_;  // from join() on
  Recorder recorder_;
  HealthProbe health_;
  std::string host_;

  proto::RunState state_ = proto::RunState::Ready;
  proto::RunId run_;                  // the present one; 0: none
  std::optional<Reporter> reporter_;  // of the present run
  std::uint64_t last_order_ = 0;
  std::uint64_t order_done_ = 0;
  std::uint32_t era_ = 0;
  std::uint64_t samples_ = 0;  // recorded in this run
  proto::Permits permits_;
  std::uint64_t permits_taken_ = 0;  // in this run, and not returned
  // The run's hooks and what waits for them.
  bool began_ = false;  // test_start is over: users may come, measurements count
  std::vector<std::pair<proto::Spawn, TimePoint>> held_;  // until then
  TimePoint opened_{};
  TimePoint run_start_{};
  Duration start_took_{};
  bool start_hook_over_ = false;
  bool stopping_hook_over_ = false;
  bool stop_hook_over_ = false;
  bool stopped_users_ = false;  // all are asked to end
  bool users_gone_ = false;     // the last has ended
  bool last_report_ = false;    // is under way
  bool quitting_ = false;
};

}  // namespace swarm::worker
