#include "cli/worker_run.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/descriptor_limit.h"
#include "cli/join_token.h"
#include "cli/reported.h"
#include "cli/run_output.h"
#include "cli/signals.h"
#include "cli/version.h"
#include "common/log.h"
#include "common/loop.h"
#include "master/views/json.h"
#include "master/views/wall_clock.h"
#include "proto/zmq_link.h"
#include "worker/agent/agent.h"

namespace swarm {
namespace {

constexpr std::string_view kLogger = "swarm.main";
constexpr int kBadToken = 2;
constexpr int kBroken = 2;         // the loop could not go on
constexpr int kInterrupted = 130;  // 128 + SIGINT, as shells say it

void info(const std::string& text) { log(LogLevel::Info, kLogger, text); }
void warn(const std::string& text) { log(LogLevel::Warning, kLogger, text); }

std::map<std::string, std::uint32_t> by_class(const std::vector<proto::ClassCount>& counts) {
  std::map<std::string, std::uint32_t> users;
  for (const auto& each : counts) users[each.user_class] = each.users;
  return users;
}

// An agent whose master is elsewhere.
class WorkerRun {
 public:
  WorkerRun(const Options& options, proto::ZmqLink::Settings link, const LoopRunner& runner)
      : options_(options),
        runner_(runner),
        loop_(runner_.loop),
        way_(std::move(link)),
        control_(control()),
        link_(std::in_place, loop_, way_),
        reported_(std::in_place, loop_, *link_, way_.worker,
                  [this](proto::Dialect master) { say_connected(master); }),
        agent_(
            std::in_place, loop_, *reported_,
            worker::Agent::Settings{.version = way_.version,
                                    .id = way_.worker,
                                    .report_interval = options.report_interval,
                                    .orphan_after = options.orphan_after,
                                    .master_wait = options.master_wait,
                                    .tells_log = true,
                                    .masks = options.masks.value_or(std::vector<std::string>{})}),
        signals_(
            loop_, [this](int signal) { interrupted(signal); }, runner_.stuck) {}

  int play(const LoadScenario& load);

 private:
  RunControl control();
  void say_connected(proto::Dialect master) const;
  int refuse(const std::string& reason);
  void interrupted(int signal);
  void leave(int exit_code);
  std::string stats_json();
  int show_end();

  const Options options_;
  const LoopRunner runner_;
  Loop& loop_;
  const proto::ZmqLink::Settings way_;
  RunControl control_;
  std::optional<proto::ZmqLink> link_;
  std::optional<Reported> reported_;
  std::optional<worker::Agent> agent_;
  bool playing_ = false;
  bool signalled_ = false;
  std::optional<int> leaves_;  // with this exit code
  std::optional<int> left_;    // with this exit code
  Signals signals_;
  std::unique_ptr<Scenario> scenario_;  // goes first
};

int WorkerRun::play(const LoadScenario& load) {
  auto scenario = load(options_, *agent_, control_);
  if (!scenario) return refuse(scenario.error().message);
  scenario_ = std::move(*scenario);
  if (const auto listed = print_lists(options_, *scenario_); listed && *listed) return **listed;

  info(fmt::format("Starting swarm {}", version()));
  info(fmt::format("Connecting to a master at {}:{}", way_.host, way_.port));
  playing_ = true;
  agent_->on_quit([this](int code) {
    left_ = code;
    runner_.finish();
  });
  agent_->join(*scenario_);
  if (leaves_) agent_->leave(*leaves_);
  return runner_.run() ? show_end() : kBroken;
}

void WorkerRun::say_connected(proto::Dialect master) const {
  info(fmt::format("Connected to the {} at {}:{} as {}",
                   master == proto::Dialect::Locust ? "master, a Locust," : "master", way_.host,
                   way_.port, way_.worker));
}

// The master is told through a way of its own: this one is not agreed upon yet.
int WorkerRun::refuse(const std::string& reason) {
  agent_.reset();
  reported_.reset();
  link_.reset();
  proto::tell_scenario_failed(way_, reason);
  return fail(reason);
}

RunControl WorkerRun::control() {
  RunControl control;
  control.start = [](std::uint32_t, double, const std::vector<std::string>&) {
    warn("A worker starts no run: its master decides how many users it has");
  };
  control.stop = [this] {
    if (agent_) agent_->stop_run();
  };
  control.quit = [this] { leave(0); };
  control.state = [this] { return std::string(name(agent_->state())); };
  control.users = [this] { return by_class(agent_->user_counts()); };
  control.wanted = [this] { return std::pair{agent_->wanted_users(), 0.0}; };
  control.stats_json = [this] { return stats_json(); };
  control.reset_stats = [this] {
    agent_->report_now(loop_.now());
    reported_->reset();
  };
  control.send_message = [this](const std::string& type, Value data,
                                const std::optional<std::string>&) {
    agent_->send_message(type, std::move(data));
  };
  control.workers = [] { return std::vector<WorkerInfo>{}; };
  control.worker_id = [this] { return way_.worker; };
  return control;
}

std::string WorkerRun::stats_json() {
  // A listener may ask at every request: no reason to send a report for each.
  return master::run_json(reported_->snapshot({agent_->state(), agent_->user_counts()},
                                              agent_->unreported(loop_.now())),
                          master::WallClock::read());
}

void WorkerRun::interrupted(int signal) {
  if (std::exchange(signalled_, true)) {
    left_ = kInterrupted;
    return runner_.finish();
  }
  info(signal == SIGINT ? "Exiting due to CTRL+C interruption" : "Got SIGTERM signal");
  leave(options_.exit_code_on_leave);
}

void WorkerRun::leave(int exit_code) {
  leaves_ = exit_code;
  if (playing_) agent_->leave(exit_code);
}

int WorkerRun::show_end() {
  const auto wanted = scenario_->quitting();
  int code = left_.value_or(0);
  if (code == 0) code = scenario_->exit_code();
  if (code != kInterrupted) code = wanted.value_or(code);
  info(fmt::format("Shutting down (exit code {})", code));
  scenario_->quit(code);
  return code;
}

}  // namespace

int run_worker(const Options& options, const LoadScenario& load, const LoopRunner& runner) {
  raise_descriptor_limit();
  Options mine = options;
  mine.role = Role::Worker;
  auto token = join_token(mine);
  if (!token) return fail(token.error().message), kBadToken;
  proto::ZmqLink::Settings link{
      .host = mine.master_host,
      .port = mine.master_port,
      .worker = mine.worker_id.empty() ? proto::new_worker_id() : mine.worker_id,
      .version = std::string(version()),
      .token = std::move(*token)};
  const auto run = std::make_unique<WorkerRun>(mine, std::move(link), runner);
  return run->play(load);
}

}  // namespace swarm
