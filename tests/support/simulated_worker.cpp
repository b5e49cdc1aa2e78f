#include "tests/support/simulated_worker.h"

#include <algorithm>
#include <utility>

namespace swarm::test {

using namespace std::chrono_literals;
using proto::RunState;

void SimulatedWorker::introduce(TimePoint now) {
  introduce_again_ = now + 1s;
  ++unanswered_;
  proto::ClientReady ready{"1", std::nullopt};
  if (run_.value != 0) {
    ready.run = proto::RunFacts{.run = run_,
                                .age = now - run_start_,
                                .era = era_,
                                .order = order_,
                                .seq = reporter_->counted(),
                                .samples = made_,
                                .users = counts(),
                                .permits = std::nullopt};
    if (permits_.limited()) ready.run->permits = permits_.held();
  }
  link_.send(std::move(ready)).ok();
}

void SimulatedWorker::receive(proto::ToWorker message, TimePoint now) {
  if (const auto* ack = std::get_if<proto::Ack>(&message)) {
    obey(*ack);
  } else if (const auto* order = std::get_if<proto::Spawn>(&message)) {
    obey(*order, now);
  } else if (const auto* permits = std::get_if<proto::Permits>(&message)) {
    if (permits_.grant(*permits) && reporter_) reporter_->hasten();
  } else if (const auto* counted = std::get_if<proto::ReportAck>(&message)) {
    if (reporter_ && counted->run == run_) reporter_->acknowledge(counted->seq);
  } else if (const auto* complete = std::get_if<proto::SpawningComplete>(&message)) {
    if (complete->run != run_ || run_.value == 0) return;
    ++told_complete_;
    if (complete->era <= era_) return;
    era_ = complete->era;
    pending_ = {};
    reporter_->begin_era(era_);
  } else if (const auto* stop = std::get_if<proto::Stop>(&message)) {
    if (stop->run == run_ && run_.value != 0) {
      if (std::exchange(state_, RunState::Stopping) != RunState::Stopping) {
        steps_.clear();
        users_.clear();
        reporter_->hasten();
      }
    } else {
      link_.send(proto::ClientStopped{stop->run}).ok();
    }
  }
}

void SimulatedWorker::obey(const proto::Ack& ack) {
  introduce_again_.reset();
  index_ = ack.index;
  if (unanswered_ > 0) --unanswered_;
  const bool unaware = unaware_ > 0;
  if (unaware) --unaware_;
  if (run_.value == 0) return;
  if (ack.run == run_) {
    reporter_->resume(ack.counted);
  } else if (ack.run.value == 0 && !unaware) {
    end_run();
  }
}

void SimulatedWorker::obey(const proto::Spawn& order, TimePoint now) {
  if (run_.value == 0) {
    run_ = order.run;
    run_start_ = now - order.run_age;
    era_ = 0;
    order_ = order_done_ = made_ = 0;
    unaware_ = unanswered_;
    pending_ = {};
    permits_.open(run_);
    reporter_.emplace(link_, run_, kReportInterval, now);
  }
  if (order.run != run_ || order.order <= order_ || state_ == RunState::Stopping) return;
  ++orders_;
  order_ = order.order;
  state_ = RunState::Spawning;
  for (const auto& step : order.steps) {
    steps_.push_back({now + step.after, order.targets[step.user_class].user_class,
                      step.change == proto::Spawn::Change::Hatch});
  }
  for (const proto::ClassCount& target : order.targets) {
    std::int64_t due = target.users;
    for (const Step& step : steps_) {
      if (step.user_class == target.user_class) due += step.hatch ? -1 : 1;
    }
    reach(target.user_class, std::max<std::int64_t>(due, 0), now);
  }
}

void SimulatedWorker::reach(const std::string& user_class, std::int64_t users, TimePoint now) {
  while (users_[user_class] > users) change(user_class, false, now);
  while (users_[user_class] < users) change(user_class, true, now);
}

void SimulatedWorker::change(const std::string& user_class, bool hatch, TimePoint now) {
  std::uint32_t& users = users_[user_class];
  if (!hatch && users == 0) return;
  users += hatch ? 1u : -1u;
  changes_.push_back({now, user_class, hatch});
}

void SimulatedWorker::end_users(std::uint32_t count) {
  for (auto& [name, users] : users_) {
    const std::uint32_t end = std::min(count, users);
    users -= end;
    count -= end;
  }
  if (users() == 0 && reporter_) reporter_->hasten();
}

void SimulatedWorker::tick(TimePoint now) {
  if (introduce_again_ && now >= *introduce_again_) introduce(now);
  while (!steps_.empty() && steps_.front().at <= now) {
    change(steps_.front().user_class, steps_.front().hatch, steps_.front().at);
    steps_.pop_front();
  }
  if (run_.value != 0) {
    request(now);
    if (state_ == RunState::Spawning && steps_.empty()) state_ = RunState::Running;
    if (order_done_ < order_ && steps_.empty()) {
      order_done_ = order_;
      link_.send(proto::OrderDone{run_, order_, counts()}).ok();
    }
    if (now >= reporter_->due()) {
      if (reporter_->wants_facts(now)) {
        pending_.until = now - run_start_;
        reporter_->add(std::exchange(pending_, {}));
        reporter_->make({.state = state_,
                         .samples = made_,
                         .users = counts(),
                         .health = {},
                         .permits = permits_.held()});
      }
      reporter_->tick(now).ok();
    }
    if (state_ == RunState::Stopping && reporter_->idle()) end_run();
  }
  if (now < next_beat_) return;
  next_beat_ = now + 1s;
  link_.publish({.state = state_, .samples = run_.value != 0 ? made_ : 0});
}

void SimulatedWorker::request(TimePoint) {
  if (idle_) return;
  EndpointStats& stats = pending_.endpoints[{"GET", "/"}];
  for (auto& [name, users] : users_) {
    for (std::uint32_t left = users; left > 0; --left) {
      if (!permits_.take()) {
        --users;  // refused: the user ends
        if (this->users() == 0) reporter_->hasten();
        continue;
      }
      if (permits_.runs_low()) reporter_->hasten();
      ++made_;
      ++total_made_;
      ++stats.requests;
      if (permits_.limited() && made_ == permits_.held().granted) reporter_->hasten();
    }
  }
}

void SimulatedWorker::end_run() {
  const proto::RunId run = std::exchange(run_, {});
  reporter_.reset();
  users_.clear();
  steps_.clear();
  state_ = RunState::Ready;
  link_.send(proto::ClientStopped{run}).ok();
}

std::uint32_t SimulatedWorker::users() const {
  std::uint32_t sum = 0;
  for (const auto& [name, users] : users_) sum += users;
  return sum;
}

std::uint32_t SimulatedWorker::users(const std::string& user_class) const {
  const auto found = users_.find(user_class);
  return found == users_.end() ? 0 : found->second;
}

std::vector<proto::ClassCount> SimulatedWorker::counts() const {
  std::vector<proto::ClassCount> counts;
  for (const auto& [name, users] : users_) counts.push_back({name, users});
  return counts;
}

}  // namespace swarm::test
