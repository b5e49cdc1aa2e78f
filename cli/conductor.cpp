#include "cli/conductor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "cli/run_output.h"
#include "cli/run_plan.h"
#include "common/log.h"

namespace swarm {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.main";
constexpr int kBroken = 2;  // the loop could not go on
// What workers are given to say goodbye.
constexpr Duration kFarewell = std::chrono::seconds{3};
// After which somebody may wonder why a run does not end.
constexpr Duration kLongWait = std::chrono::seconds{5};
// What a second Ctrl-C gives the last measurements to get from the worker to the tables; they need
// a few turns of the loop.
constexpr Duration kLastWords = std::chrono::milliseconds{20};

void info(const std::string& text) { log(LogLevel::Info, kLogger, text); }
void warn(const std::string& text) { log(LogLevel::Warning, kLogger, text); }

}  // namespace

Conductor::Conductor(const Options& options, LoopRunner runner, Settings settings)
    : options_(options),
      runner_(std::move(runner)),
      settings_(std::move(settings)),
      loop_(runner_.loop),
      control_(control()),
      totals_(loop_.now()),
      totals_start_(loop_.now()),
      hooks_(loop_),
      shape_(loop_, {.changed =
                         [this](const ShapeStep& step) {
                           start({.users = step.users,
                                  .users_per_s = step.users_per_s,
                                  .user_classes = step.user_classes});
                         },
                     .over = [this] { shape_over(); }}),
      expected_(loop_, options_.expect_workers.value_or(1), options_.expect_workers_max_wait,
                {.there = [this] { begin(); },
                 .gave_up = [this] { refuse("Gave up waiting for workers to connect"); }}),
      orders_(loop_, [this] { with_coordinator([](auto& it, auto now) { it.tick(now); }); }),
      table_(loop_, [this] { show_table(); }),
      awaiting_(loop_, [this] { say_who_is_awaited(); }),
      farewell_(loop_, [this] { runner_.finish(); }),
      autoquit_(loop_,
                [this] {
                  info("--autoquit time reached, shutting down");
                  quit();
                }),
      csv_due_(loop_, [this] { write_csv(); }),
      signals_(
          loop_, [this](int signal) { interrupted(signal); }, runner_.stuck) {
  totals_.on_settled([this](const auto& endpoints) { history_.add(endpoints, loop_.now()); });
}

std::optional<int> Conductor::load(const LoadScenario& load, ScenarioHost& host) {
  auto scenario = load(options_, host, control_);
  if (!scenario) return fail(scenario.error().message);
  scenario_ = std::move(*scenario);

  const auto listed = print_lists(options_, *scenario_);
  if (!listed) return fail(listed.error().message);
  if (*listed) return **listed;
  auto classes = choose_classes(scenario_->user_classes(), options_.user_classes);
  if (!classes) return fail(classes.error().message);
  classes_ = std::move(*classes);
  plan_ = {.host = options_.host, .classes = options_.user_classes, .profile = options_.profile};
  const auto shapes = scenario_->shapes();
  if (!shapes.empty()) plan_.shape = shapes.front();
  const auto hosts = check_hosts(classes_, options_.host);
  if (!hosts && !waits_for_start(options_)) return fail(hosts.error().message);
  log_plan(options_, classes_, !plan_.shape.empty());
  return std::nullopt;
}

int Conductor::conduct(proto::FleetLink& link) {
  gate_.emplace(link);
  coordinator_.emplace(*gate_, coordinator_settings(), outlets());
  if (const auto opened = open_csv(); !opened) return fail(opened.error().message);
  if (const auto opened = open_web(); !opened) return fail(opened.error().message);
  loop_.defer([this] { gather(); });
  const bool finished = runner_.run();
  web_.reset();
  if (refused_) return 1;
  return finished ? show_end() : kBroken;
}

// --- the coordinator ---

// It is not called from what it tells: a scenario's hooks may do anything.
template <typename Action>
void Conductor::with_coordinator(Action action) {
  action(*coordinator_, loop_.now());
  const TimePoint due = coordinator_->due();
  due == TimePoint::max() ? orders_.cancel() : orders_.schedule(due);
  while (!news_.empty()) {
    const auto news = std::move(news_.front());
    news_.pop_front();
    news();
  }
}

void Conductor::receive(const proto::WorkerId& from, proto::ToMaster message) {
  if (const auto* heartbeat = std::get_if<proto::Heartbeat>(&message)) {
    totals_.add(from, *heartbeat);
  }
  if (auto* const logs = std::get_if<proto::Logs>(&message)) {
    if (logs_.size() < kMostLogs || logs_.contains(from)) {
      logs_[from] = std::make_shared<const std::vector<std::string>>(std::move(logs->lines));
    }
    return;
  }
  with_coordinator([&](auto& it, auto now) { it.receive(from, std::move(message), now); });
  const std::size_t workers = coordinator_->workers();
  if (phase_ == Phase::Leaving && workers == 0) runner_.finish();
  if (phase_ != Phase::Gathering || begun_) return;
  if (!settings_.alone) {
    expected_.connected(workers);
  } else if (workers > 0) {
    begin();
  }
}

void Conductor::entered(RunState state) {
  // Before the coordinator sends its orders to stop.
  if (state == RunState::Stopping && !settings_.alone) gate_->close();
  news_.emplace_back([this, state] {
    const bool is_on = state == RunState::Spawning || state == RunState::Running;
    // One that is taken over from a master before.
    if (is_on && phase_ == Phase::Gathering && begun_) phase_ = Phase::Running;
    if (state == RunState::Stopping) stopping();
    if (state == RunState::Stopped) stopped();
    if (state != RunState::Running || settings_.alone) return;
    std::uint32_t users = 0;
    for (const auto& each : coordinator_->users()) users += each.users;
    scenario_->spawning_complete(users);
  });
}

// --- a run ---

void Conductor::gather() {
  if (leaves_) return leave();
  if (!options_.headless && options_.print_stats) table_.schedule(loop_.now() + kTableInterval);
  if (waits_for_start(options_)) {
    begun_ = true;
  } else if (!settings_.alone) {
    expected_.start();
  }
}

void Conductor::begin() {
  begun_ = true;
  if (options_.headless && !options_.only_summary) {
    table_.schedule(loop_.now() + table_interval());
  }
  if (plan_.shape.empty()) return start(profile_of(options_));
  const RunState state = coordinator_->state();
  if (state == RunState::Spawning || state == RunState::Running) {
    // The run of a master that was here before.
    scenario_->shape_began(loop_.now() - totals_start_);
  } else {
    scenario_->shape_began({});
  }
  shape_.start(*scenario_);
}

void Conductor::start(const master::Profile& profile) {
  switch (phase_) {
    case Phase::Gathering:
      if (coordinator_->workers() == 0) {
        return warn("A run cannot start before a worker is connected");
      }
      phase_ = Phase::Starting;
      autoquit_.cancel();
      keep_last_run();
      pending_ = profile;
      return run_hook(&Scenario::test_start, [this] { started(); });
    case Phase::Starting:
      pending_ = profile;
      return;
    case Phase::Running:
      return lead(profile);
    case Phase::Stopping:
      if ((ended_by_scenario_ || web_) && !leaves_) {
        next_ = profile;
        return;
      }
      [[fallthrough]];
    case Phase::Leaving:
      warn("No other run is started: this one was the last");
  }
}

void Conductor::started() {
  if (pending_) {
    phase_ = Phase::Running;
    return lead(*std::exchange(pending_, {}));
  }
  stopping();
  run_over();
}

void Conductor::lead(const master::Profile& profile) {
  wanted_ = profile;
  with_coordinator([&](auto& it, auto now) {
    const auto led = it.start(profile, now);
    if (led) return;
    const bool is_on = it.state() == RunState::Spawning || it.state() == RunState::Running;
    if (!is_on && !web_) return refuse(led.error().message);
    warn(led.error().message);
    if (!is_on) news_.emplace_back([this] { stopped(); });
  });
}

void Conductor::stop() {
  shape_.stop();
  if (phase_ == Phase::Starting) pending_.reset();
  if (phase_ != Phase::Running) return;
  with_coordinator([](auto& it, auto now) { it.stop(now); });
}

void Conductor::shape_over() {
  // Before it wanted anybody: there was no run, and none will come.
  if (phase_ == Phase::Gathering && !web_) return leave();
  shape_over_ = true;
  stop();
}

void Conductor::stopping() {
  if (phase_ == Phase::Stopping) return;
  phase_ = Phase::Stopping;
  shape_.stop();
  if (!settings_.alone) awaiting_.schedule(loop_.now() + kLongWait);
  run_hook(&Scenario::test_stopping, [this] { gate_->open(); });
}

void Conductor::stopped() {
  stopping();
  ended_at_ = loop_.now();
  history_.end(loop_.now(), snapshot().total);
  run_over();
}

// Also one that was called off before it began.
void Conductor::run_over() {
  awaiting_.cancel();
  run_hook(&Scenario::test_stop, [this] { ended(); });
}

void Conductor::say_who_is_awaited() {
  std::string missing;
  for (const master::WorkerStatus& each : coordinator_->fleet()) {
    if (each.state == RunState::Missing) missing += (missing.empty() ? "" : ", ") + each.id;
  }
  if (missing.empty()) return awaiting_.schedule(loop_.now() + kLongWait);
  warn(fmt::format("Waiting for what {} may still report; a second Ctrl-C does not wait for it",
                   missing));
}

void Conductor::ended() {
  ended_by_scenario_ = false;
  const auto next = std::exchange(next_, {});
  for (const auto& tell : std::exchange(when_over_, {})) tell();
  if (leaves_ || (!next && !web_)) return leave();
  phase_ = Phase::Gathering;
  if (next) return start(*next);
  if (options_.autoquit) autoquit_.schedule(loop_.now() + *options_.autoquit);
}

void Conductor::run_hook(RunHooks::Hook hook, std::function<void()> then) {
  settings_.alone ? then() : hooks_.run(*scenario_, hook, std::move(then));
}

// --- the end ---

void Conductor::quit() {
  leaves_ = true;
  if (coordinator_) phase_ == Phase::Gathering ? leave() : stop();
}

void Conductor::refuse(const std::string& reason) {
  refused_ = true;
  fail(reason);
  leave();
}

void Conductor::leave() {
  if (std::exchange(phase_, Phase::Leaving) == Phase::Leaving) return;
  expected_.stop();
  shape_.stop();
  if (settings_.alone) return runner_.finish();
  with_coordinator([](auto& it, auto) { it.quit(); });
  if (coordinator_->workers() == 0) return runner_.finish();
  farewell_.schedule(loop_.now() + kFarewell);
}

void Conductor::interrupted(int signal) {
  if (!std::exchange(signalled_, true)) {
    info(signal == SIGINT ? "Exiting due to CTRL+C interruption" : "Got SIGTERM signal");
    return quit();
  }
  abandoned_ = true;
  if (settings_.hurry) settings_.hurry();
  if (!settings_.alone) with_coordinator([](auto& it, auto) { it.quit(); });
  farewell_.schedule(loop_.now() + kLastWords);
}

}  // namespace swarm
