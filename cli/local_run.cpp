#include "cli/local_run.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/idle_cores.h"
#include "cli/run_plan.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "common/log.h"
#include "common/loop.h"
#include "master/aggregate/aggregator.h"
#include "master/run/coordinator.h"
#include "master/views/console.h"
#include "master/views/json.h"
#include "master/views/wall_clock.h"
#include "proto/local_link.h"
#include "worker/agent/agent.h"

namespace swarm {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.main";
constexpr int kInterrupted = 130;  // 128 + SIGINT, as shells say it
constexpr int kBroken = 2;         // the loop could not go on
constexpr Duration kTableInterval = std::chrono::seconds{2};
constexpr Duration kShapeInterval = std::chrono::seconds{1};
// In one process a report costs next to nothing: the tables are never older than this.
constexpr Duration kReportInterval = std::chrono::milliseconds{500};
// What a second Ctrl-C gives the last measurements to get from the worker to the tables; they need
// a few turns of the loop.
constexpr Duration kLastWords = std::chrono::milliseconds{20};

void info(const std::string& text) { log(LogLevel::Info, kLogger, text); }

int fail(const std::string& text) {
  log(LogLevel::Error, kLogger, text);
  return 1;
}

void print(std::FILE* file, const std::string& text) {
  std::fputs(text.c_str(), file);
  std::fflush(file);
}

int stderr_columns() {
  const Terminal terminal = stderr_terminal();
  return terminal.interactive ? terminal.columns : master::kNotATerminal;
}

// A connection is a descriptor, and the usual limit of 1024 is meant for other programs.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    log(LogLevel::Warning, kLogger, "Could not raise the limit of open files: see ulimit -n");
  }
}

// Master and worker of one run, joined on one loop. Owns all that the loop's turns touch: the stack
// of whoever waits for them may be elsewhere meanwhile (a greenlet's).
class LocalRun {
 public:
  LocalRun(const Options& options, const LoopRunner& runner)
      : options_(options),
        runner_(runner),
        loop_(runner.loop),
        link_(loop_, "local"),
        agent_(loop_, link_.worker_end(),
               {.version = std::string(version()), .report_interval = kReportInterval}),
        totals_(loop_.now()),
        orders_(loop_, [this] { with_coordinator([](auto& it, auto now) { it.tick(now); }); }),
        table_(loop_, [this] { show_table(); }),
        shape_(loop_, [this] { tick_shape(); }),
        last_words_(loop_, [this] { runner_.finish(); }),
        signals_(
            loop_, [this](int signal) { interrupted(signal); }, runner_.stuck) {}

  // Makes the scenario and returns the exit code; with the options for it, after a run.
  int play(const LoadScenario& load);

 private:
  template <typename Action>
  void with_coordinator(Action action) {
    action(*coordinator_, loop_.now());
    const TimePoint due = coordinator_->due();
    due == TimePoint::max() ? orders_.cancel() : orders_.schedule(due);
  }

  std::optional<int> list(const std::vector<UserClass>& classes) const;
  int conduct();
  RunControl control();
  void make_coordinator(const std::vector<UserClass>& classes);
  void begin();
  void start(const master::Profile& profile);
  void tick_shape();
  void follow(const std::optional<ShapeStep>& step);
  void stop();
  void quit();
  void interrupted(int signal);
  void show_table();
  int show_end();
  void collect();
  master::Snapshot snapshot() const;

  const Options options_;
  const LoopRunner runner_;
  Loop& loop_;
  proto::LocalLink link_;
  worker::Agent agent_;
  RunControl control_;
  std::unique_ptr<Scenario> scenario_;  // is given up before the agent is
  master::Aggregator totals_;
  std::optional<master::Coordinator> coordinator_;
  std::optional<ShapeStep> shape_step_;  // the last one
  std::optional<std::string> refusal_;   // why the run could not start
  bool signalled_ = false;
  bool abandoned_ = false;  // by a second signal
  IdleCores idle_cores_;
  CallbackTimer orders_;
  CallbackTimer table_;
  CallbackTimer shape_;
  CallbackTimer last_words_;
  Signals signals_;
};

int LocalRun::play(const LoadScenario& load) {
  control_ = control();
  auto scenario = load(options_, agent_, control_);
  if (!scenario) return fail(scenario.error().message);
  scenario_ = std::move(*scenario);

  const auto chosen = choose_classes(scenario_->user_classes(), options_.user_classes);
  if (options_.list_users) {
    return print(stdout, master::user_class_list(scenario_->user_classes())), 0;
  }
  if (!chosen) return fail(chosen.error().message);
  if (const auto listed = list(*chosen)) return *listed;
  if (const auto hosts = check_hosts(*chosen, options_.host); !hosts) {
    return fail(hosts.error().message);
  }
  log_plan(options_, *chosen, scenario_->has_shape());
  make_coordinator(*chosen);
  return conduct();
}

std::optional<int> LocalRun::list(const std::vector<UserClass>& classes) const {
  const std::uint32_t users = options_.users.value_or(0);
  if (options_.show_task_ratio) {
    print(stdout, master::task_ratio_tables(classes, users));
  } else if (options_.show_task_ratio_json) {
    print(stdout, master::task_ratio_json(classes, users) + "\n");
  } else {
    return std::nullopt;
  }
  return 0;
}

int LocalRun::conduct() {
  link_.master_end().on_receive([this](const proto::WorkerId& from, proto::ToMaster message) {
    const bool joins = std::holds_alternative<proto::ClientReady>(message);
    with_coordinator([&](auto& it, auto now) { it.receive(from, std::move(message), now); });
    if (joins) begin();
  });
  agent_.join(*scenario_);
  const bool finished = runner_.run();
  if (refusal_) return fail(*refusal_);
  return finished ? show_end() : kBroken;
}

RunControl LocalRun::control() {
  return {.start =
              [this](std::uint32_t users, double users_per_s) {
                if (coordinator_)
                  start({.users = users, .users_per_s = users_per_s, .run_time = {}});
              },
          .stop = [this] { stop(); },
          .quit = [this] { quit(); },
          .state =
              [this] {
                return std::string(name(coordinator_ ? coordinator_->state() : RunState::Ready));
              },
          .users =
              [this] {
                std::map<std::string, std::uint32_t> users;
                for (const auto& each : agent_.user_counts()) users[each.user_class] = each.users;
                return users;
              },
          .stats_json =
              [this] {
                collect();
                return master::run_json(snapshot(), master::WallClock::read());
              },
          .reset_stats =
              [this] {
                collect();
                totals_.reset(loop_.now());
              }};
}

void LocalRun::make_coordinator(const std::vector<UserClass>& classes) {
  coordinator_.emplace(
      link_.master_end(),
      master::Coordinator::Settings{.classes = shares_of(classes),
                                    .host = options_.host,
                                    .stop_timeout = options_.stop_timeout,
                                    .requests = options_.num_requests,
                                    .reset_stats = options_.reset_stats},
      master::Coordinator::Outlets{.report =
                                       [this](const proto::WorkerId& worker, proto::Report report) {
                                         totals_.add(worker, std::move(report.delta));
                                         totals_.add(worker, report.health);
                                       },
                                   .reset = [this](TimePoint now) { totals_.reset(now); },
                                   .state =
                                       [this](RunState state) {
                                         if (state == RunState::Stopped) runner_.finish();
                                       }});
}

void LocalRun::begin() {
  if (signalled_) return runner_.finish();
  if (scenario_->has_shape()) {
    info("Shape test starting.");
    shape_.schedule(loop_.now());
  } else {
    start(profile_of(options_));
  }
  if (!options_.only_summary) table_.schedule(loop_.now() + kTableInterval);
}

void LocalRun::start(const master::Profile& profile) {
  with_coordinator([&](auto& it, auto now) {
    const bool opens = it.state() == RunState::Ready;
    if (const auto started = it.start(profile, now); !started) {
      if (!opens) return log(LogLevel::Warning, kLogger, started.error().message);
      refusal_ = started.error().message;
      runner_.finish();
    }
  });
}

void LocalRun::tick_shape() {
  shape_.schedule(std::max(shape_.when() + kShapeInterval, loop_.now()));
  scenario_->tick_shape([this](const std::optional<ShapeStep>& step) { follow(step); });
}

void LocalRun::follow(const std::optional<ShapeStep>& step) {
  if (!shape_.scheduled()) return;
  if (!step) {
    info("Shape test stopping");
    return stop();
  }
  if (shape_step_ == step) return;
  shape_step_ = step;
  info(fmt::format("Shape test updating to {} users at {:.2f} spawn rate", step->users,
                   step->users_per_s));
  start({.users = step->users, .users_per_s = step->users_per_s, .run_time = {}});
}

void LocalRun::stop() {
  shape_.cancel();
  if (!coordinator_) return;
  with_coordinator([](auto& it, auto now) { it.stop(now); });
}

void LocalRun::quit() {
  stop();
  if (!coordinator_ || coordinator_->state() == RunState::Ready) {
    signalled_ = true;  // before the run began
  }
}

void LocalRun::interrupted(int signal) {
  if (!std::exchange(signalled_, true)) {
    info(signal == SIGINT ? "Exiting due to CTRL+C interruption" : "Got SIGTERM signal");
    return stop();
  }
  abandoned_ = true;
  agent_.report_soon();
  last_words_.schedule(loop_.now() + kLastWords);
}

void LocalRun::show_table() {
  print(stderr, master::stats_table(snapshot(), master::Show::CurrentRates, stderr_columns()));
  table_.schedule(std::max(table_.when() + kTableInterval, loop_.now()));
}

int LocalRun::show_end() {
  shape_.cancel();
  const auto wanted = scenario_->quitting();
  const master::Snapshot end = snapshot();
  int code =
      end.any_failures_or_exceptions() ? options_.exit_code_on_error : scenario_->exit_code();
  code = wanted.value_or(code);
  if (abandoned_) code = kInterrupted;
  info(fmt::format("Shutting down (exit code {})", code));
  if (options_.json) print(stdout, master::stats_json(end, master::WallClock::read()) + "\n");
  print(stderr, master::final_report(end, stderr_columns(), idle_cores_.so_far()));
  scenario_->quit(code);
  return code;
}

// Has what was measured and not yet reported counted.
void LocalRun::collect() {
  link_.deliver_now();  // an acknowledgement may be on its way
  agent_.report_now(loop_.now());
  link_.deliver_now();
}

master::Snapshot LocalRun::snapshot() const {
  if (!coordinator_) return totals_.snapshot({}, loop_.now());
  return totals_.snapshot({coordinator_->state(), coordinator_->users()}, loop_.now());
}

}  // namespace

int run_local(const Options& options, const LoadScenario& load, const LoopRunner& runner) {
  raise_descriptor_limit();
  const auto run = std::make_unique<LocalRun>(options, runner);
  return run->play(load);
}

}  // namespace swarm
