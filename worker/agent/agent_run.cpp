// A run on this worker, from its first hook to its last report.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/log.h"
#include "proto/locust_dialect.h"
#include "worker/agent/agent.h"

namespace swarm::worker {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.runners";

// Seconds since 1970 of an instant before `now`, which is now.
double epoch_seconds(TimePoint when, TimePoint now) {
  const auto calendar =
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
  return std::chrono::duration<double>(calendar - (now - when)).count();
}

// What listeners added to a report, beside the keys that every one of Locust's has.
Value added_keys(const Value& data) {
  const Value::Map* const all = data.as_map();
  if (all == nullptr) return {};
  Value::Map added;
  for (const Value::Entry& entry : *all) {
    const std::string* const key = entry.key.as_text();
    if (key != nullptr && !proto::is_locust_stats_key(*key)) added.push_back(entry);
  }
  return added.empty() ? Value() : Value(std::move(added));
}

}  // namespace

// --- begin ---

void Agent::open_run(const proto::Spawn& order, TimePoint received) {
  run_ = newest_run_ = order.run;
  host_ = order.host;
  last_order_ = order_done_ = 0;
  era_ = 0;
  samples_ = 0;
  stop_wanted_ = false;
  unaware_ = unanswered_;
  ending_ = Ending::None;
  run_start_ = received - order.run_age;
  recorder_.reset(run_start_);
  permits_.open(run_);
  // Locust's masters never ask for what they counted once.
  const bool keeps = settings_.survives_master && dialect_ == proto::Dialect::Swarm;
  reporter_.emplace(link_, run_, report_interval(order), received,
                    keeps ? Reporter::Counted::Kept : Reporter::Counted::Forgotten);
  if (!order.options.is_nil()) scenario_->take_options(order.options);
  open_part(received);
}

Duration Agent::report_interval(const proto::Spawn& order) const {
  if (settings_.report_interval) return *settings_.report_interval;
  if (const auto wanted = scenario_->report_interval()) return *wanted;
  if (order.report_interval > Duration{}) return order.report_interval;
  return dialect_ == proto::Dialect::Swarm ? kReportInterval : kLocustReportInterval;
}

void Agent::open_part(TimePoint received) {
  began_ = stopped_users_ = users_gone_ = part_over_ = last_report_ = false;
  start_hook_over_ = stopping_hook_over_ = stop_hook_over_ = false;
  held_.clear();
  opened_ = received;
  scenario_->test_start(when_over(&Agent::start_hook_over_));
}

Scenario::Done Agent::when_over(bool Agent::*hook) {
  return [this, hook, run = run_] {
    if (run != run_) return;
    this->*hook = true;
    wake();
  };
}

void Agent::begin_part(TimePoint now) {
  began_ = true;
  start_took_ = now - opened_;
  if (reporter_->counted() == 0 && samples_ == 0) health_.reset();
  const auto held = std::exchange(held_, {});
  if (state_ == RunState::Stopping) {
    scenario_->test_stopping(when_over(&Agent::stopping_hook_over_));
  } else {
    for (const auto& [order, received] : held) carry_out(order, received, now);
  }
}

// --- end ---

void Agent::end_run(Ending why) {
  if (run_.value == 0 || why <= ending_) return;
  ending_ = why;
  if (state_ == RunState::Stopping) return;
  if (state_ == RunState::Stopped) return wake();  // users and hooks are over
  state_ = RunState::Stopping;
  if (began_) scenario_->test_stopping(when_over(&Agent::stopping_hook_over_));
  wake();
}

void Agent::tick_run(TimePoint now) {
  if (state_ == RunState::Spawning && population_->settled()) state_ = RunState::Running;
  if (std::exchange(stopping_hook_over_, false)) {
    stopped_users_ = true;
    population_->stop_all(now);
  }
  if (order_done_ < last_order_ && population_->settled()) {
    order_done_ = last_order_;
    send(proto::OrderDone{run_, order_done_, user_counts()});
  }
  if (stopped_users_ && population_->size() == 0 && !users_gone_) {
    users_gone_ = true;
    scenario_->test_stop(when_over(&Agent::stop_hook_over_));
  }
  if (users_gone_ && std::exchange(stop_hook_over_, false)) part_over_ = true;
  if (part_over_ && ending_ == Ending::Ordered && !std::exchange(last_report_, true)) {
    reporter_->hasten();
  }
  if (now >= reporter_->due()) report(now);
  if (part_over_) conclude(now);
}

// Users and hooks are over.
void Agent::conclude(TimePoint now) {
  if (ending_ == Ending::Unknown) return close_run(now);
  if (ending_ == Ending::Orphaned) {
    if (std::exchange(state_, RunState::Stopped) == RunState::Stopped) return;
    const Waiting later = std::exchange(later_, {});
    for (const auto& [order, received] : later) obey(order, received, now);
    return;
  }
  if (reporter_->idle()) return close_run(now);
  if (!exit_code_) return;
  if (!give_up_) give_up_ = nobody_listens_ ? now : now + settings_.last_words;
  if (now < *give_up_) return;
  if (const std::uint64_t unsure = unreported(); unsure > 0) {
    log(LogLevel::Warning, kLogger,
        fmt::format("Leaving without an answer from the master: {} requests that this worker "
                    "measured are perhaps in no total",
                    unsure));
  }
  close_run(now);
}

void Agent::close_run(TimePoint now) {
  const proto::RunId run = std::exchange(run_, {});
  reporter_.reset();
  began_ = part_over_ = false;
  ending_ = Ending::None;
  state_ = RunState::Ready;
  send(proto::ClientStopped{run});
  const Waiting later = std::exchange(later_, {});
  for (const auto& [order, received] : later) obey(order, received, now);
}

// --- reports ---

void Agent::report(TimePoint now) {
  if (reporting_) return;
  if (reporter_->wants_facts(now)) {
    reporter_->add(recorder_.take(now));
    reporter_->make({.state = state_,
                     .samples = samples_,
                     .users = user_counts(),
                     .health = health_.take(),
                     .permits = permits_.held()});
    if (scenario_->watches_reports()) consult_listeners(now);
    if (stop_wanted_ && ending_ == Ending::None) send(proto::StopRequest{run_});
  }
  if (!reporter_) return;  // the listeners took their time
  if (const auto sent = reporter_->tick(now); !sent) {
    log(LogLevel::Debug, kLogger, "No way to the master: " + sent.error().message);
  }
}

// They may ask for everything measured so far: then nothing is to be reported meanwhile.
void Agent::consult_listeners(TimePoint now) {
  Value data = proto::locust_stats(*reporter_->under_way(), epoch_seconds(run_start_, now));
  reporting_ = true;
  scenario_->report_to_master(settings_.id, data);
  reporting_ = false;
  if (!reporter_ || reporter_->under_way() == nullptr) return;
  reporter_->under_way()->extra = added_keys(data);
}

void Agent::report_soon() {
  if (!reporter_) return;
  reporter_->hasten();
  wake();
}

void Agent::report_now(TimePoint now) {
  if (!reporter_ || !began_) return;
  reporter_->hasten();
  report(now);
}

Delta Agent::unreported(TimePoint now) {
  if (!reporter_ || !began_) return {};
  reporter_->add(recorder_.take(now));
  return reporter_->pending();
}

std::uint64_t Agent::unreported() const { return samples_ - reporter_->samples_counted(); }

}  // namespace swarm::worker
