#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/loop.h"
#include "common/scenario.h"
#include "proto/link.h"
#include "proto/messages.h"
#include "worker/agent/health_probe.h"
#include "worker/agent/held_permits.h"
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
// A run begins with test_start: orders wait until it is over, and what the hook itself requests is
// not measured. It ends in this order: test_stopping; users are asked to end; when the last is
// gone, test_stop; the last report is sent and acknowledged; then the master is told that the
// worker has stopped.
//
// Without a word from the master for a while, the users are ended in the same order, but the run
// stays open: its reports wait for the master, and it may order users again.
class Agent final : public ScenarioHost {
 public:
  struct Settings {
    std::string version;
    proto::WorkerId id{};
    // Between reports; unset: the scenario's, the master's, or that of the dialect.
    std::optional<Duration> report_interval{};
    // What users outlive the last word of the master, so that nobody's service is loaded for ever
    // by workers that nobody can reach; then they are ended, and what was measured is kept.
    Duration orphan_after = std::chrono::seconds{60};
    // How long a master is waited for, from the start and after its last word.
    Duration master_wait = std::chrono::minutes{10};
    // Keeps the sum of all reports of a run, for a master that is started anew; needless where the
    // master lives and dies with the worker.
    bool survives_master = true;
    // The log of this process is told to the master: it is not the master's own.
    bool tells_log = false;
    // Names whose values no record of a failed exchange shows.
    std::vector<std::string> masks{};
    // How long a worker that leaves waits for the acknowledgement of its last report.
    Duration last_words = std::chrono::seconds{10};
  };
  static constexpr Duration kReportInterval = std::chrono::seconds{2};
  static constexpr Duration kLocustReportInterval = std::chrono::seconds{3};
  static constexpr Duration kBeat = std::chrono::seconds{1};
  static constexpr Duration kBetweenLogs = std::chrono::seconds{10};
  static constexpr std::size_t kMostLogLine = 2000;  // bytes
  // Between two attempts to be acknowledged by a master that is there.
  static constexpr Duration kIntroductionInterval = std::chrono::seconds{1};

  // `loop` and `link` must outlive the agent.
  Agent(Loop& loop, proto::Link& link, Settings settings);

  // Serves the master with this scenario from now on. Once; `scenario` must outlive the agent's
  // last turn.
  void join(Scenario& scenario);
  // What to do when the worker has left, with the exit code of its process: sent away by the
  // master (0), by leave(), refused (1), or because there is no master any more (1). Told once,
  // when all users are gone.
  void on_quit(std::function<void(int exit_code)> quit) { quit_ = std::move(quit); }
  // Ends the users, reports what they measured, says goodbye, and tells on_quit. Again: no effect.
  void leave(int exit_code = 0);

  // Both are called by the agent itself, from the link and a timer.
  void receive(proto::ToWorker message, TimePoint now);
  void tick(TimePoint now);

  // Sends what was measured so far without waiting for the next report to be due.
  void report_soon();
  // The same at once, if the report before is acknowledged.
  void report_now(TimePoint now);
  // What was measured up to `now` and is in no report yet.
  Delta unreported(TimePoint now);
  // To the scenario on the master.
  void send_message(std::string type, Value data);

  proto::RunState state() const { return state_; }
  const proto::WorkerId& id() const { return settings_.id; }
  // Alive, by class.
  std::vector<proto::ClassCount> user_counts() const;
  // That the newest order says there are to be, of all classes.
  std::uint32_t wanted_users() const { return wanted_users_; }

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
  // Why the users of the run are ended.
  enum class Ending : std::uint8_t {
    None,
    Orphaned,  // nobody gives orders: the run stays open
    Ordered,   // it is over when everything is reported
    Unknown,   // to the master: nobody counts what is not counted yet
  };
  // An order that waits, and when it came.
  using Waiting = std::vector<std::pair<proto::Spawn, TimePoint>>;

  // agent.cpp: orders
  void obey(proto::Spawn order, TimePoint received, TimePoint now);
  void obey_another_run(proto::Spawn order, TimePoint received, TimePoint now);
  void obey_again(proto::Spawn order, TimePoint received);
  void obey(const proto::SpawningComplete& complete, TimePoint now);
  void obey(const proto::Stop& stop);
  void carry_out(const proto::Spawn& order, TimePoint received, TimePoint now);
  PopulationOrder translate(const proto::Spawn& order, Duration later) const;
  // agent_run.cpp: the run, from its first hook to its last report
  void open_run(const proto::Spawn& order, TimePoint received);
  void open_part(TimePoint received);
  void begin_part(TimePoint now);
  void tick_run(TimePoint now);
  void end_run(Ending why);
  void conclude(TimePoint now);
  void close_run(TimePoint now);
  // For the scenario to call: sets the flag, and lets the next tick() see it.
  Scenario::Done when_over(bool Agent::*hook);
  Duration report_interval(const proto::Spawn& order) const;
  void report(TimePoint now);
  void consult_listeners(TimePoint now);
  std::uint64_t unreported() const;
  // agent_master.cpp: whether there is a master, and what it knows of this worker
  void meet(proto::Dialect master);
  void introduce(TimePoint now);
  void obey(const proto::Ack& ack);
  void lose_run();
  void beat(TimePoint now);
  void tell_log(TimePoint now);
  void watch_master(TimePoint now);
  void quit_if_done();
  void send(proto::ToMaster message);

  // tick() at the end of this turn.
  void wake();
  void set_timer();

  Loop& loop_;
  proto::Link& link_;
  const Settings settings_;
  CallbackTimer timer_;
  std::function<void(int)> quit_;
  Scenario* scenario_ = nullptr;
  std::optional<Population> population_;  // from join() on
  Recorder recorder_;
  std::uint64_t lines_told_ = 0;  // of the log
  TimePoint next_log_{};
  HealthProbe health_;
  HeldPermits permits_;
  std::string host_;

  proto::RunState state_ = proto::RunState::Ready;
  proto::RunId run_;                  // the present one; 0: none
  proto::RunId newest_run_;           // that this worker was in
  std::optional<Reporter> reporter_;  // of the present run
  TimePoint run_start_{};
  std::uint64_t last_order_ = 0;
  std::uint64_t order_done_ = 0;
  std::uint32_t wanted_users_ = 0;
  std::uint32_t era_ = 0;
  std::uint64_t samples_ = 0;  // recorded in this run
  bool stop_wanted_ = false;   // by the scenario
  bool reporting_ = false;     // listeners of reports may ask for one
  // A part of the run: from the first hook to the last. A run has another one if its users were
  // ended because nobody gave orders, and somebody does again.
  bool began_ = false;  // test_start is over: users may come, measurements count
  Waiting held_;        // until then
  Waiting later_;       // until the present part has ended
  TimePoint opened_{};
  Duration start_took_{};
  bool start_hook_over_ = false;
  bool stopping_hook_over_ = false;
  bool stop_hook_over_ = false;
  Ending ending_ = Ending::None;
  bool stopped_users_ = false;  // all are asked to end
  bool users_gone_ = false;     // the last has ended
  bool part_over_ = false;      // and so are the hooks
  bool last_report_ = false;    // is under way
  // The master.
  proto::Dialect dialect_ = proto::Dialect::Swarm;
  bool introduced_ = false;  // there was a master
  std::optional<TimePoint> introduce_again_;
  std::uint32_t unanswered_ = 0;  // introductions
  std::uint32_t unaware_ = 0;     // of unanswered_: made before the present run
  std::optional<std::uint32_t> index_;
  bool orphaned_ = false;
  bool unreachable_ = false;  // since the last send()
  std::optional<TimePoint> next_beat_;
  // Leaving.
  std::optional<int> exit_code_;
  bool nobody_listens_ = false;  // it makes no sense to wait for an acknowledgement
  std::optional<TimePoint> give_up_;
  bool left_ = false;
};

}  // namespace swarm::worker
