#include "cli/local_run.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/idle_cores.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/net.h"
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
constexpr Duration kTableInterval = std::chrono::seconds{2};
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

// The classes that the command line names, or all.
Result<std::vector<UserClass>> choose(std::span<const UserClass> offered,
                                      const std::vector<std::string>& names) {
  if (names.empty()) return std::vector<UserClass>(offered.begin(), offered.end());
  std::string unknown;
  for (const std::string& name : names) {
    if (std::ranges::find(offered, name, &UserClass::name) != offered.end()) continue;
    unknown += (unknown.empty() ? "" : ", ") + name;
  }
  if (!unknown.empty()) return Error{"Unknown User(s): " + unknown};
  std::vector<UserClass> chosen;
  for (const UserClass& each : offered) {
    if (std::ranges::find(names, each.name) != names.end()) chosen.push_back(each);
  }
  return chosen;
}

bool wanted(const UserClass& each) { return each.weight > 0 || each.fixed_count > 0; }

std::vector<master::ClassShare> shares(const std::vector<UserClass>& classes) {
  std::vector<master::ClassShare> shares;
  for (const UserClass& each : classes) {
    shares.push_back({each.name, each.weight, each.fixed_count});
  }
  return shares;
}

// Master and worker of one run, joined on one loop.
class LocalRun {
 public:
  explicit LocalRun(const Options& options)
      : options_(options),
        link_(loop_, "local"),
        agent_(loop_, link_.worker_end(),
               {.version = std::string(version()), .report_interval = kReportInterval}),
        totals_(loop_.now()),
        orders_(loop_, [this] { with_coordinator([](auto& it, auto now) { it.tick(now); }); }),
        table_(loop_, [this] { show_table(); }),
        last_words_(loop_, [this] { loop_.stop(); }),
        signals_(loop_.io(), SIGINT, SIGTERM) {}

  ScenarioHost& host() { return agent_; }

  // Conducts the run and returns the exit code. `scenario` is given up before the agent is.
  int conduct(std::unique_ptr<Scenario> scenario, const std::vector<UserClass>& classes);

 private:
  template <typename Action>
  void with_coordinator(Action action) {
    action(*coordinator_, loop_.now());
    const TimePoint due = coordinator_->due();
    due == TimePoint::max() ? orders_.cancel() : orders_.schedule(due);
  }

  void make_coordinator(const std::vector<UserClass>& classes);
  void start(TimePoint now);
  void await_signal();
  void interrupted(int signal);
  void show_table();
  int show_end();
  master::Snapshot snapshot() const;

  const Options& options_;
  Loop loop_;
  proto::LocalLink link_;
  worker::Agent agent_;
  std::unique_ptr<Scenario> scenario_;
  master::Aggregator totals_;
  std::optional<master::Coordinator> coordinator_;
  std::optional<std::string> refusal_;  // why the run could not start
  bool signalled_ = false;
  bool abandoned_ = false;  // by a second signal
  IdleCores idle_cores_;
  CallbackTimer orders_;
  CallbackTimer table_;
  CallbackTimer last_words_;
  asio::signal_set signals_;
};

int LocalRun::conduct(std::unique_ptr<Scenario> scenario, const std::vector<UserClass>& classes) {
  scenario_ = std::move(scenario);
  make_coordinator(classes);
  link_.master_end().on_receive([this](const proto::WorkerId& from, proto::ToMaster message) {
    const bool joins = std::holds_alternative<proto::ClientReady>(message);
    with_coordinator([&](auto& it, auto now) { it.receive(from, std::move(message), now); });
    if (joins) start(loop_.now());
  });
  agent_.join(*scenario_);
  await_signal();
  loop_.run();
  return refusal_ ? fail(*refusal_) : show_end();
}

void LocalRun::make_coordinator(const std::vector<UserClass>& classes) {
  coordinator_.emplace(
      link_.master_end(),
      master::Coordinator::Settings{.classes = shares(classes),
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
                                         if (state == RunState::Stopped) loop_.stop();
                                       }});
}

void LocalRun::start(TimePoint now) {
  if (signalled_) return loop_.stop();
  const master::Profile profile{.users = options_.users.value_or(1),
                                .users_per_s = options_.spawn_rate.value_or(1),
                                .run_time = options_.run_time};
  with_coordinator([&](auto& it, auto) {
    if (const auto started = it.start(profile, now); !started) {
      refusal_ = started.error().message;
      loop_.stop();
    }
  });
  if (!options_.only_summary) table_.schedule(now + kTableInterval);
}

void LocalRun::await_signal() {
  signals_.async_wait([this](const error_code& cancelled, int signal) {
    if (cancelled) return;
    interrupted(signal);
    await_signal();
  });
}

void LocalRun::interrupted(int signal) {
  if (!std::exchange(signalled_, true)) {
    info(signal == SIGINT ? "Exiting due to CTRL+C interruption" : "Got SIGTERM signal");
    with_coordinator([](auto& it, auto now) { it.stop(now); });
    return;
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
  const master::Snapshot end = snapshot();
  int code = end.any_failures_or_exceptions() ? options_.exit_code_on_error : 0;
  if (abandoned_) code = kInterrupted;
  info(fmt::format("Shutting down (exit code {})", code));
  if (options_.json) print(stdout, master::stats_json(end, master::WallClock::read()) + "\n");
  print(stderr, master::final_report(end, stderr_columns(), idle_cores_.so_far()));
  return code;
}

master::Snapshot LocalRun::snapshot() const {
  return totals_.snapshot({coordinator_->state(), coordinator_->users()}, loop_.now());
}

void log_plan(const Options& options) {
  if (options.run_time) {
    info(fmt::format("Run time limit set to {} seconds", options.run_time->count()));
  } else if (!options.num_requests) {
    info("No run time limit set, use CTRL+C to interrupt");
  }
  if (options.num_requests) {
    info(fmt::format("Number of requests limited to {}", *options.num_requests));
  }
  info(fmt::format("Starting swarm {}", version()));
}

}  // namespace

int run_local(const Options& options, const LoadScenario& load) {
  raise_descriptor_limit();
  LocalRun run(options);
  auto scenario = load(options, run.host());
  if (!scenario) return fail(scenario.error().message);

  const auto offered = scenario.value()->user_classes();
  if (options.list_users) return print(stdout, master::user_class_list(offered)), 0;
  const auto chosen = choose(offered, options.user_classes);
  if (!chosen) return fail(chosen.error().message);
  const std::vector<UserClass>& classes = *chosen;

  const std::uint32_t users = options.users.value_or(0);
  if (options.show_task_ratio) {
    return print(stdout, master::task_ratio_tables(classes, users)), 0;
  }
  if (options.show_task_ratio_json) {
    return print(stdout, master::task_ratio_json(classes, users) + "\n"), 0;
  }
  const auto homeless = [](const UserClass& each) { return wanted(each) && each.host.empty(); };
  if (options.host.empty() && std::ranges::any_of(classes, homeless)) {
    return fail(
        "You must specify the base host. Either in the host attribute in the User class, or on "
        "the command line using the --host option.");
  }
  log_plan(options);
  return run.conduct(std::move(*scenario), classes);
}

}  // namespace swarm
