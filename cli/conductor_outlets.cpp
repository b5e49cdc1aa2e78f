// What a Conductor is told and tells: the scenario's commands, the coordinator's news, tables.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "cli/conductor.h"
#include "cli/run_output.h"
#include "cli/run_plan.h"
#include "common/log.h"
#include "master/views/console.h"
#include "master/views/json.h"
#include "master/views/wall_clock.h"
#include "proto/locust_dialect.h"

namespace swarm {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.main";
constexpr std::chrono::milliseconds kUsersInterval{200};
constexpr int kInterrupted = 130;  // 128 + SIGINT, as shells say it
// What hooks of a local run see as the other end: Locust's word for it.
constexpr const char* kLocal = "local";

std::map<std::string, std::uint32_t> by_class(const std::vector<proto::ClassCount>& counts) {
  std::map<std::string, std::uint32_t> users;
  for (const auto& each : counts) users[each.user_class] = each.users;
  return users;
}

}  // namespace

RunControl Conductor::control() {
  RunControl control;
  control.start = [this](std::uint32_t users, double users_per_s,
                         std::vector<std::string> classes) {
    if (!coordinator_) return;
    start({.users = users, .users_per_s = users_per_s, .user_classes = std::move(classes)});
  };
  control.stop = [this] {
    const bool is_on = phase_ == Phase::Starting || phase_ == Phase::Running;
    ended_by_scenario_ = ended_by_scenario_ || is_on;
    stop();
  };
  control.quit = [this] { quit(); };
  control.state = [this] {
    return std::string(name(coordinator_ ? coordinator_->state() : RunState::Ready));
  };
  control.users = [this] { return users(); };
  control.wanted = [this] {
    const master::Profile& newest = next_ ? *next_ : pending_ ? *pending_ : wanted_;
    return std::pair{newest.users, newest.users_per_s};
  };
  control.stats_json = [this] {
    settings_.collect();
    return master::run_json(snapshot(), master::WallClock::read());
  };
  control.reset_stats = [this] {
    settings_.collect();
    reset_totals(loop_.now());
  };
  control.send_message = [this](const std::string& type, Value data,
                                const std::optional<std::string>& worker) {
    send_message(type, data, worker);
  };
  control.workers = [this] { return workers(); };
  control.worker_id = [this] { return std::string(settings_.alone ? kLocal : ""); };
  control.worker_died = [this](const std::string& worker) {
    if (coordinator_) receive(worker, proto::Goodbye{});
  };
  return control;
}

void Conductor::send_message(const std::string& type, const Value& data,
                             const std::optional<std::string>& worker) {
  if (settings_.alone) return scenario_->receive({type, data, kLocal});
  if (!coordinator_) return;
  for (const master::WorkerStatus& each : coordinator_->fleet()) {
    if (worker ? *worker != each.id : each.state == RunState::Missing) continue;
    const auto sent = gate_->send(each.id, proto::CustomMessage{type, data});
    if (!sent) log(LogLevel::Warning, kLogger, sent.error().message);
  }
}

std::vector<WorkerInfo> Conductor::workers() const {
  std::vector<WorkerInfo> workers;
  if (!coordinator_ || settings_.alone) return workers;
  for (const master::WorkerStatus& each : coordinator_->fleet()) {
    workers.push_back({.id = each.id,
                       .state = std::string(name(each.state)),
                       .index = each.index,
                       .users = by_class(each.users),
                       .cpu_percent = each.newest.cpu_percent,
                       .bytes_memory = each.newest.bytes_memory});
  }
  return workers;
}

std::map<std::string, std::uint32_t> Conductor::users() const {
  if (settings_.users) return settings_.users();
  return coordinator_ ? by_class(coordinator_->users()) : std::map<std::string, std::uint32_t>{};
}

// --- the coordinator ---

// The worker in this process has the same scenario.
Value Conductor::options_for_workers() const {
  return settings_.alone ? Value{} : scenario_->own_options();
}

master::Coordinator::Settings Conductor::coordinator_settings() const {
  return {.classes = shares_of(classes_),
          .host = options_.host,
          .stop_timeout = options_.stop_timeout,
          .requests = options_.num_requests,
          .reset_stats = options_.reset_stats,
          .leave_after_run = options_.headless,
          .rebalancing = options_.rebalancing,
          .first_run = settings_.first_run,
          .report_interval = options_.report_interval.value_or(std::chrono::milliseconds{0}),
          .options = options_for_workers()};
}

master::Coordinator::Outlets Conductor::outlets() {
  master::Coordinator::Outlets outlets;
  outlets.report = [this](const proto::WorkerId& worker, proto::Report report) {
    count(worker, std::move(report));
  };
  outlets.reset = [this](TimePoint now) {
    reset_totals(now);
    const bool anew = coordinator_->state() != RunState::Running;
    if (anew) {
      ++runs_;
      resets_ = 0;
      ended_at_.reset();
      shape_over_ = false;
      // Unless it is a run of a master before this one.
      if (loop_.now() - now < std::chrono::seconds{1}) history_.add_users(0, now);
    }
    if (settings_.alone || coordinator_->state() != RunState::Running) return;
    news_.emplace_back([this] { scenario_->stats_reset(); });
  };
  outlets.state = [this](RunState state) { entered(state); };
  if (settings_.alone) return outlets;
  outlets.joined = [this](const proto::WorkerId& worker) {
    history_.mark(worker + " joined", loop_.now());
    news_.emplace_back([this, worker] { scenario_->worker_connected(worker); });
  };
  outlets.missing = [this](const proto::WorkerId& worker) {
    history_.mark(worker + " missing", loop_.now());
  };
  outlets.lost = [this](const master::LostMeasurements& lost) {
    if (lost.at_most > 0) history_.mark(lost.worker + " lost", loop_.now());
    totals_.add(master::LostRow{.worker = lost.worker,
                                .since = lost.since,
                                .at_least = lost.at_least,
                                .at_most = lost.at_most});
  };
  outlets.message = [this](const proto::WorkerId& worker, proto::CustomMessage message) {
    news_.emplace_back([this, worker, message = std::move(message)] {
      scenario_->receive({message.type, message.data, worker});
    });
  };
  return outlets;
}

// --- what was measured ---

void Conductor::reset_totals(TimePoint now) {
  totals_start_ = now;
  totals_.reset(now);
  // Not before the first run, and not for the next one while the last one is the present one.
  const bool of_a_run = coordinator_ && coordinator_->run().value != 0;
  if (of_a_run && phase_ != Phase::Starting) {
    history_.begin(coordinator_->run().value, plan_.profile, now);
  }
  ++resets_;
  if (settings_.restarted) settings_.restarted(now);
}

void Conductor::count(const proto::WorkerId& worker, proto::Report report) {
  if (!settings_.alone && scenario_->watches_reports()) {
    const double start_s = master::WallClock::read().epoch_seconds(totals_start_);
    news_.emplace_back([this, worker, data = proto::locust_stats(report, start_s)] {
      scenario_->worker_report(worker, data);
    });
  }
  note_users();
  totals_.add(worker, std::move(report));
  if (loop_.now() < settle_due_) return;
  settle_due_ = loop_.now() + master::Aggregator::kGather;
  totals_.settle();
}

// Not at each report: it is a sum over the whole fleet.
void Conductor::note_users() {
  if (loop_.now() < users_noted_ + kUsersInterval) return;
  users_noted_ = loop_.now();
  std::uint32_t alive = 0;
  for (const auto& [user_class, of_class] : users()) alive += of_class;
  history_.add_users(alive, loop_.now());
}

master::Snapshot Conductor::snapshot() {
  master::RunStatus status{.distributed = !settings_.alone};
  if (!coordinator_) return totals_.snapshot(status, loop_.now());
  status.state = coordinator_->state();
  status.users = coordinator_->users();
  if (!settings_.alone) {
    // In a local run the tables do not hasten the worker's report.
    settings_.collect();
    for (const master::WorkerStatus& each : coordinator_->fleet()) {
      if (each.lost_intervals > 0) totals_.set_lost_intervals(each.id, each.lost_intervals);
      if (each.state != RunState::Missing || !each.takes_part) continue;
      status.missing.push_back({each.id, loop_.now() - each.last_heard});
    }
  }
  return totals_.snapshot(status, loop_.now());
}

Duration Conductor::table_interval() const {
  return std::max(scenario_->table_interval().value_or(kTableInterval), kLeastTableInterval);
}

void Conductor::show_table() {
  print(stderr, master::stats_table(snapshot(), master::Show::CurrentRates, stderr_columns()));
  table_.schedule(std::max(table_.when() + table_interval(), loop_.now()));
}

Result<void> Conductor::open_csv() {
  if (options_.csv_prefix.empty()) return {};
  SWARM_TRY_ASSIGN(csv_, CsvFiles::open(options_.csv_prefix, options_.csv_full_history));
  csv_due_.schedule(loop_.now() + CsvFiles::kInterval);
  return {};
}

void Conductor::write_csv() {
  csv_->write(snapshot(), master::WallClock::read());
  csv_due_.schedule(std::max(csv_due_.when() + CsvFiles::kInterval, loop_.now()));
}

// In place of the final tables, as in Locust; not of the verdict on them.
Result<void> Conductor::write_json_file(const master::Snapshot& end) const {
  const std::string name = options_.json_file + ".json";
  std::ofstream file{name, std::ios::binary};
  file << master::stats_json(end, master::WallClock::read());
  file.close();
  if (file) return {};
  return Error{"cannot write '" + name + "': check that its folder is there and yours"};
}

int Conductor::show_end() {
  shape_.stop();
  const auto wanted = scenario_->quitting();
  const master::Snapshot end = snapshot();
  int code =
      end.any_failures_or_exceptions() ? options_.exit_code_on_error : scenario_->exit_code();
  code = wanted.value_or(code);
  if (abandoned_) code = kInterrupted;
  log(LogLevel::Info, kLogger, fmt::format("Shutting down (exit code {})", code));
  if (csv_) {
    csv_->write(end, master::WallClock::read());
    csv_->flush();
  }
  if (const auto written = write_html(); !written) {
    log(LogLevel::Error, kLogger, written.error().message);
    code = std::max(code, 1);
  }
  if (options_.json) print(stdout, master::stats_json(end, master::WallClock::read()) + "\n");
  // More processes help where the users are: elsewhere, if this is a master.
  const int idle_cores = settings_.alone ? idle_cores_.so_far() : 0;
  if (options_.json_file.empty()) {
    print(stderr,
          master::final_report(end, stderr_columns(), idle_cores, scenario_->percentiles()));
  } else {
    print(stderr, master::health_report(end, stderr_columns(), idle_cores));
    if (const auto written = write_json_file(end); !written) {
      log(LogLevel::Error, kLogger, written.error().message);
      code = std::max(code, 1);
    }
  }
  scenario_->quit(code);
  return code;
}

}  // namespace swarm
