#include "worker/agent/agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
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
      health_(loop) {
  recorder_.capture_with(ExchangeCapture(settings_.masks));
}

void Agent::join(Scenario& scenario) {
  SWARM_ASSERT(scenario_ == nullptr);
  scenario_ = &scenario;
  population_.emplace(scenario);
  link_.on_receive([this](proto::ToWorker message) { receive(std::move(message), loop_.now()); });
  next_beat_ = loop_.now();
  wake();
}

void Agent::receive(proto::ToWorker message, TimePoint now) {
  if (left_) return;
  std::visit(
      [&](auto& it) {
        using Message = std::remove_cvref_t<decltype(it)>;
        if constexpr (std::is_same_v<Message, proto::Introduce>) {
          meet(it.master);
          introduce(now);
        } else if constexpr (std::is_same_v<Message, proto::Ack> ||
                             std::is_same_v<Message, proto::Stop>) {
          obey(it);
        } else if constexpr (std::is_same_v<Message, proto::Refused>) {
          log(LogLevel::Error, kLogger, it.reason);
          nobody_listens_ = true;
          leave(1);
        } else if constexpr (std::is_same_v<Message, proto::Spawn>) {
          obey(std::move(it), now, now);
        } else if constexpr (std::is_same_v<Message, proto::Permits>) {
          if (permits_.grant(it)) report_soon();
        } else if constexpr (std::is_same_v<Message, proto::SpawningComplete>) {
          obey(it, now);
        } else if constexpr (std::is_same_v<Message, proto::ReportAck>) {
          if (reporter_ && it.run == run_) reporter_->acknowledge(it.seq);
        } else if constexpr (std::is_same_v<Message, proto::Quit>) {
          leave(0);
        } else if constexpr (std::is_same_v<Message, proto::CustomMessage>) {
          scenario_->receive({std::move(it.type), std::move(it.data), settings_.id});
        } else {
          static_assert(std::is_same_v<Message, proto::ScenarioFiles>);  // came before the agent
        }
      },
      message);
  tick(now);
}

void Agent::obey(proto::Spawn order, TimePoint received, TimePoint now) {
  if (exit_code_) return;
  if (order.run != run_) return obey_another_run(std::move(order), received, now);
  if (order.order <= last_order_) {
    // The answer may be lost.
    const bool done = order.order == order_done_ && state_ != RunState::Stopping;
    if (done) send(proto::OrderDone{run_, order_done_, user_counts()});
    return;
  }
  if (ending_ == Ending::Orphaned) return obey_again(std::move(order), received);
  if (state_ == RunState::Stopping) return;
  last_order_ = order.order;
  state_ = RunState::Spawning;
  if (!began_) {
    held_.emplace_back(std::move(order), received);
  } else {
    carry_out(order, received, now);
  }
}

void Agent::obey_another_run(proto::Spawn order, TimePoint received, TimePoint now) {
  if (order.run.value <= newest_run_.value) {
    log(LogLevel::Warning, kLogger, "Ignored an order of an older run than the present one");
    return;
  }
  if (run_.value == 0) {
    open_run(order, received);
    return obey(std::move(order), received, now);
  }
  // The master has begun another run: the present one ended while it could not be heard.
  if (ending_ == Ending::None || ending_ == Ending::Orphaned) lose_run();
  later_.emplace_back(std::move(order), received);
}

// The users were ended because nobody gave orders, and somebody does again.
void Agent::obey_again(proto::Spawn order, TimePoint received) {
  if (state_ == RunState::Stopping) {
    later_.emplace_back(std::move(order), received);
    return;
  }
  ending_ = Ending::None;
  last_order_ = order.order;
  state_ = RunState::Spawning;
  open_part(received);
  held_.emplace_back(std::move(order), received);
}

// Orders are for a second at a time. What test_start took is added to all of them, or those that
// came meanwhile would be a burst.
void Agent::carry_out(const proto::Spawn& order, TimePoint received, TimePoint now) {
  wanted_users_ = 0;
  for (const proto::ClassCount& target : order.targets) wanted_users_ += target.users;
  population_->set_stop_timeout(order.stop_timeout);
  population_->obey(translate(order, start_took_ - (now - received)), now);
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
  if (complete.run != run_ || run_.value == 0) return;
  scenario_->spawning_complete(complete.users);
  if (complete.era <= era_) return;
  era_ = complete.era;
  recorder_.reset(now);
  reporter_->begin_era(era_);
  scenario_->stats_reset();
}

// A run that this worker is not in has stopped here: it says so again, as the first time may be
// lost. If it is a newer one than the present, that one is over as well.
void Agent::obey(const proto::Stop& stop) {
  std::erase_if(later_, [&](const auto& each) { return each.first.run == stop.run; });
  if (stop.run == run_ && run_.value != 0) return end_run(Ending::Ordered);
  send(proto::ClientStopped{stop.run});
  if (run_.value != 0 && stop.run.value > run_.value) lose_run();
}

// --- time ---

void Agent::tick(TimePoint now) {
  if (!population_ || left_) return;
  watch_master(now);
  if (introduce_again_ && now >= *introduce_again_) introduce(now);
  population_->tick(now);
  if (run_.value != 0 && !began_ && start_hook_over_) begin_part(now);
  if (run_.value != 0 && began_) tick_run(now);
  beat(now);
  quit_if_done();
  set_timer();
}

void Agent::wake() { timer_.schedule(loop_.now()); }

void Agent::set_timer() {
  if (left_) return timer_.cancel();
  TimePoint due = std::min(population_->due(), *next_beat_);
  if (reporter_ && began_) due = std::min(due, reporter_->due());
  timer_.schedule(std::max(due, loop_.now()));
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

}  // namespace swarm::worker
