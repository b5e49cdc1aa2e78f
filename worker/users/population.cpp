#include "worker/users/population.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/assert.h"
#include "common/log.h"

namespace swarm::worker {
namespace {

constexpr std::size_t kSweepFrom = 64;

}  // namespace

Population::Population(Scenario& scenario)
    : scenario_(scenario),
      alive_(scenario.user_classes().size()),
      active_(alive_.size()),
      by_age_(alive_.size()) {}

void Population::obey(PopulationOrder order, TimePoint now) {
  SWARM_ASSERT(order.targets.size() == active_.size());
  for (const PopulationOrder::Step& step : order.steps) {
    SWARM_ASSERT(step.user_class.value < active_.size());
    steps_.push_back({now + step.after, step.user_class, step.change});
  }
  // What the steps leave to be done is done now: for users that ended by themselves since the last
  // order, and orders that never arrived. Not again after the steps: a user that makes one request
  // and ends would be replaced as fast as it ends.
  std::vector<std::int64_t> due(order.targets.begin(), order.targets.end());
  for (const PendingStep& step : steps_) {
    due[step.user_class.value] += step.change == PopulationOrder::Change::Hatch ? -1 : 1;
  }
  for (std::uint32_t i = 0; i < due.size(); ++i) {
    reach(UserClassId{i}, static_cast<std::uint32_t>(std::max<std::int64_t>(due[i], 0)), now);
  }
  tick(now);
}

void Population::stop_all(TimePoint now) {
  steps_.clear();
  for (std::uint32_t i = 0; i < active_.size(); ++i) reach(UserClassId{i}, 0, now);
}

void Population::tick(TimePoint now) {
  while (!steps_.empty() && steps_.front().at <= now) {
    const PendingStep step = steps_.front();
    steps_.pop_front();
    carry_out(step, now);
  }
  end_grace(now);
}

TimePoint Population::due() const {
  TimePoint due = TimePoint::max();
  if (!steps_.empty()) due = steps_.front().at;
  if (!graces_.empty()) due = std::min(due, graces_.front().until);
  return due;
}

void Population::user_ended(UserId id) {
  const auto found = users_.find(id);
  SWARM_ASSERT(found != users_.end());
  const User user = found->second;
  users_.erase(found);
  --alive_[user.user_class.value];
  if (user.stopping) {
    if (--stopping_ == 0) {
      overtime_told_ = false;
      graces_.clear();
    }
    return;
  }
  --active(user.user_class);
  std::vector<UserId>& ids = by_age_[user.user_class.value];
  if (ids.size() > kSweepFrom && ids.size() > 2 * active(user.user_class)) {
    std::erase_if(ids, [this](UserId each) { return !users_.contains(each); });
  }
}

void Population::carry_out(const PendingStep& step, TimePoint now) {
  if (step.change == PopulationOrder::Change::Hatch) {
    hatch(step.user_class);
  } else {
    stop_youngest(step.user_class, now);
  }
}

void Population::reach(UserClassId user_class, std::uint32_t users, TimePoint now) {
  while (active(user_class) > users) stop_youngest(user_class, now);
  while (active(user_class) < users) hatch(user_class);
}

void Population::hatch(UserClassId user_class) {
  const UserId id{++last_id_};
  users_.emplace(id, User{user_class});
  by_age_[user_class.value].push_back(id);
  ++alive_[user_class.value];
  ++active(user_class);
  scenario_.spawn(id, user_class);
}

void Population::stop_youngest(UserClassId user_class, TimePoint now) {
  std::vector<UserId>& ids = by_age_[user_class.value];
  while (!ids.empty()) {
    const UserId id = ids.back();
    ids.pop_back();
    const auto found = users_.find(id);
    if (found == users_.end()) continue;  // ended by itself
    found->second.stopping = true;
    --active(user_class);
    ++stopping_;
    if (stop_timeout_ > Duration{}) {
      graces_.push_back({now + stop_timeout_, id});
      scenario_.stop(id, StopUser::AfterTask);
    } else {
      scenario_.stop(id, StopUser::Now);
    }
    return;  // the user may have ended within stop()
  }
}

void Population::end_grace(TimePoint now) {
  while (!graces_.empty() && graces_.front().until <= now) {
    const UserId id = graces_.front().user;
    graces_.pop_front();
    if (!users_.contains(id)) continue;
    if (!std::exchange(overtime_told_, true)) {
      const std::chrono::duration<double> timeout = stop_timeout_;
      log(LogLevel::Info, "swarm.runners",
          fmt::format("Not all users finished their tasks & terminated in {:g} seconds. "
                      "Stopping them...",
                      timeout.count()));
    }
    scenario_.stop(id, StopUser::Now);
  }
}

}  // namespace swarm::worker
