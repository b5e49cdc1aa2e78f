#include "worker/agent/agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/assert.h"
#include "common/log.h"

namespace swarm::worker {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.runners";

}  // namespace

Agent::Agent(Loop& loop, proto::Link& link, Settings settings)
    : loop_(loop),
      link_(link),
      settings_(std::move(settings)),
      timer_(loop, [this] { tick(loop_.now()); }),
      recorder_(loop.now()),
      health_(loop) {}

void Agent::join(Scenario& scenario) {
  SWARM_ASSERT(scenario_ == nullptr);
  scenario_ = &scenario;
  population_.emplace(scenario);
  link_.on_receive([this](proto::ToWorker message) { receive(std::move(message), loop_.now()); });
  send(proto::ClientReady{settings_.version});
}

// --- orders ---

void Agent::receive(proto::ToWorker message, TimePoint now) {
  if (auto* spawn = std::get_if<proto::Spawn>(&message)) {
    obey(std::move(*spawn), now);
  } else if (const auto* permits = std::get_if<proto::Permits>(&message)) {
    permits_ = *permits;
  } else if (const auto* complete = std::get_if<proto::SpawningComplete>(&message)) {
    obey(*complete, now);
  } else if (const auto* ack = std::get_if<proto::ReportAck>(&message)) {
    if (reporter_ && ack->run == run_) reporter_->acknowledge(ack->seq);
  } else if (const auto* stop = std::get_if<proto::Stop>(&message)) {
    obey(*stop);
  } else if (std::holds_alternative<proto::Quit>(message)) {
    quitting_ = true;
    if (state_ != RunState::Ready) begin_stopping();
  }
  tick(now);
}

void Agent::obey(proto::Spawn order, TimePoint now) {
  if (order.run != run_) {
    if (run_.value != 0 || order.run.value == 0 || quitting_) {
      log(LogLevel::Warning, kLogger, "Ignored an order of another run than the present one");
      return;
    }
    open_run(order, now);
  }
  if (order.order <= last_order_ || state_ == RunState::Stopping) return;
  last_order_ = order.order;
  state_ = RunState::Spawning;
  if (!began_) {
    held_.emplace_back(std::move(order), now);
  } else {
    carry_out(order, now, now);
  }
}

// Orders are for a second at a time. What test_start took is added to all of them, or those that
// came meanwhile would be a burst.
void Agent::carry_out(const proto::Spawn& order, TimePoint received, TimePoint now) {
  population_->set_stop_timeout(order.stop_timeout);
  population_->obey(translate(order, start_took_ - (now - received)), now);
}

void Agent::open_run(const proto::Spawn& order, TimePoint now) {
  run_ = order.run;
  host_ = order.host;
  last_order_ = order_done_ = 0;
  era_ = 0;
  began_ = stopped_users_ = users_gone_ = last_report_ = false;
  start_hook_over_ = stopping_hook_over_ = stop_hook_over_ = false;
  run_start_ = now - order.run_age;
  reporter_.emplace(link_, run_, settings_.report_interval, now);
  opened_ = now;
  scenario_->test_start(when_over(&Agent::start_hook_over_));
}

Scenario::Done Agent::when_over(bool Agent::*hook) {
  return [this, hook, run = run_] {
    if (run != run_) return;
    this->*hook = true;
    wake();
  };
}

// What test_start itself requested is not of the run.
void Agent::begin_run(TimePoint now) {
  began_ = true;
  start_took_ = now - opened_;
  samples_ = 0;
  permits_taken_ = 0;
  recorder_.reset(run_start_);
  health_.reset();
  const auto held = std::exchange(held_, {});
  if (state_ == RunState::Stopping) {
    scenario_->test_stopping(when_over(&Agent::stopping_hook_over_));
  } else {
    for (const auto& [order, received] : held) carry_out(order, received, now);
  }
}

PopulationOrder Agent::translate(const proto::Spawn& order, Duration later) const {
  const auto classes = scenario_->user_classes();
  PopulationOrder translated;
  translated.targets.assign(classes.size(), 0);
  std::vector<std::optional<UserClassId>> ids;  // by place in the order's targets
  for (const proto::ClassCount& target : order.targets) {
    const auto found = std::ranges::find(classes, target.user_class, &UserClass::name);
    if (found == classes.end()) {
      log(LogLevel::Error, kLogger,
          fmt::format("Ordered to run {} users of class {}, which the scenario does not have",
                      target.users, target.user_class));
      ids.emplace_back();
      continue;
    }
    const UserClassId id{static_cast<std::uint32_t>(found - classes.begin())};
    ids.emplace_back(id);
    translated.targets[id.value] = target.users;
  }
  for (const proto::Spawn::Step& step : order.steps) {
    if (step.user_class >= ids.size() || !ids[step.user_class]) continue;
    const auto change = step.change == proto::Spawn::Change::Hatch ? PopulationOrder::Change::Hatch
                                                                   : PopulationOrder::Change::Stop;
    translated.steps.push_back(
        {std::max(step.after + later, Duration{}), *ids[step.user_class], change});
  }
  return translated;
}

void Agent::obey(const proto::SpawningComplete& complete, TimePoint now) {
  if (complete.run != run_) return;
  scenario_->spawning_complete(complete.users);
  if (complete.era <= era_) return;
  era_ = complete.era;
  recorder_.reset(now);
  reporter_->forget_pending();
  scenario_->stats_reset();
}

void Agent::obey(const proto::Stop& stop) {
  if (stop.run == run_) {
    begin_stopping();
  } else if (run_.value == 0) {
    send(proto::ClientStopped{stop.run});  // again: the first one may be lost
  }
}

void Agent::begin_stopping() {
  if (state_ == RunState::Stopping) return;
  state_ = RunState::Stopping;
  if (began_) scenario_->test_stopping(when_over(&Agent::stopping_hook_over_));
}

// --- time ---

void Agent::tick(TimePoint now) {
  if (!population_) return;
  population_->tick(now);
  if (run_.value != 0 && !began_ && start_hook_over_) begin_run(now);
  if (run_.value != 0 && began_) tick_run(now);
  if (quitting_ && state_ == RunState::Ready) {
    quitting_ = false;
    send(proto::Goodbye{});
    if (quit_) quit_();
  }
  set_timer();
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
  if (users_gone_ && std::exchange(stop_hook_over_, false)) {
    last_report_ = true;
    reporter_->hasten();
  }
  if (now >= reporter_->due()) report(now);
  if (last_report_ && reporter_->idle()) finish_stopping();
}

void Agent::report(TimePoint now) {
  Reporter::Facts facts;
  if (reporter_->wants_facts(now)) {
    reporter_->add(recorder_.take(now));
    facts = {.state = state_,
             .era = era_,
             .samples = samples_,
             .users = user_counts(),
             .health = health_.take()};
  }
  if (const auto sent = reporter_->tick(now, std::move(facts)); !sent) {
    log(LogLevel::Debug, kLogger, "No way to the master: " + sent.error().message);
  }
}

void Agent::finish_stopping() {
  const proto::RunId run = std::exchange(run_, {});
  reporter_.reset();
  state_ = RunState::Ready;
  send(proto::ClientStopped{run});
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

void Agent::wake() { timer_.schedule(loop_.now()); }

void Agent::set_timer() {
  TimePoint due = population_->due();
  if (reporter_ && began_) due = std::min(due, reporter_->due());
  if (due == TimePoint::max()) {
    timer_.cancel();
  } else {
    timer_.schedule(std::max(due, loop_.now()));
  }
}

std::vector<proto::ClassCount> Agent::user_counts() const {
  std::vector<proto::ClassCount> counts;
  if (!population_) return counts;
  const auto alive = population_->alive();
  for (std::size_t i = 0; i < alive.size(); ++i) {
    counts.push_back({scenario_->user_classes()[i].name, alive[i]});
  }
  return counts;
}

void Agent::send(proto::ToMaster message) {
  if (const auto sent = link_.send(std::move(message)); !sent) {
    log(LogLevel::Warning, kLogger, "No way to the master: " + sent.error().message);
  }
}

// --- the scenario's side ---

EndpointId Agent::endpoint(std::string_view method, std::string_view name) {
  return recorder_.endpoint(method, name);
}

bool Agent::take_permit() {
  if (permits_are_limited() && permits_taken_ >= permits_.granted) return false;
  ++permits_taken_;
  return true;
}

void Agent::return_permit() {
  SWARM_ASSERT(permits_taken_ > 0);
  --permits_taken_;
}

void Agent::record(const Sample& sample) {
  recorder_.record(sample);
  ++samples_;
  // The run may be over with this one: the master wants to know now.
  if (permits_are_limited() && samples_ == permits_.granted) report_soon();
}

void Agent::record_interrupted(EndpointId endpoint) {
  recorder_.record_interrupted(endpoint);
  return_permit();
}

void Agent::record_generator_error(std::string_view what) {
  recorder_.record_generator_error(what);
  return_permit();
}

void Agent::record_exception(std::string_view message, std::string_view traceback) {
  recorder_.record_exception(message, traceback);
}

void Agent::user_ended(UserId id) {
  population_->user_ended(id);
  const bool awaited = order_done_ < last_order_ || state_ == RunState::Stopping;
  const bool last = population_->size() == 0;
  // With limited requests, users that are refused one end; when none is left, the master must
  // know, or it would wait for requests that nobody makes.
  if (last && permits_are_limited() && reporter_) reporter_->hasten();
  if ((awaited && population_->settled()) || last) wake();
}

void Agent::stop_run() {
  if (run_.value != 0) send(proto::StopRequest{run_});
}

}  // namespace swarm::worker
