#include "tests/support/simulated_fleet.h"

namespace swarm::test {

using namespace std::chrono_literals;

void SimulatedFleet::attach(master::Coordinator* master) {
  master_ = master;
  to_master_.clear();
  to_workers_.clear();
  if (master == nullptr) return;
  for (auto& [id, worker] : workers_) worker->introduce(now_);
}

SimulatedWorker& SimulatedFleet::add(const std::string& id) {
  auto worker = std::make_unique<SimulatedWorker>(
      id, [this, id](proto::ToMaster message) { put(to_master_, id, std::move(message)); });
  SimulatedWorker& added = *worker;
  workers_[id] = std::move(worker);
  added.introduce(now_);
  return added;
}

void SimulatedFleet::kill(const std::string& id) {
  made_by_killed_ += worker(id).total_made();
  workers_.erase(id);
}

void SimulatedFleet::mend(const std::string& id, bool introduces) {
  cut_.erase(id);
  if (introduces) worker(id).introduce(now_);
}

bool SimulatedFleet::fails() {
  if (fault_ == Fault::None) return false;
  return (scattered_ ? random_() : ++passed_) % every_ == 0;
}

template <typename Message>
void SimulatedFleet::put(Queue<Message>& queue, const std::string& worker, Message message) {
  if (cut_.contains(worker)) return;
  TimePoint at = now_ + kLatency;
  bool spared = false;
  if constexpr (std::is_same_v<Message, proto::ToWorker>) {
    const auto* permits = std::get_if<proto::Permits>(&message);
    spared = permits != nullptr && permits->serial == 1;
  }
  if (!spared && fails()) {
    if (fault_ == Fault::Lose) return;
    if (fault_ == Fault::Repeat) queue.emplace(at + 200ms, std::pair{worker, message});
    if (fault_ == Fault::Delay) at += 700ms;
  }
  queue.emplace(at, std::pair{worker, std::move(message)});
}

Result<void> SimulatedFleet::send(const proto::WorkerId& worker, proto::ToWorker message) {
  put(to_workers_, worker, std::move(message));
  return {};
}

void SimulatedFleet::advance(Duration time) {
  for (const TimePoint end = now_ + time; now_ < end;) {
    now_ += kStep;
    for (auto each = to_workers_.begin(); each != to_workers_.end() && each->first <= now_;) {
      const std::string& id = each->second.first;
      if (frozen_.contains(id)) {
        ++each;
        continue;
      }
      if (workers_.contains(id) && !cut_.contains(id)) {
        worker(id).receive(std::move(each->second.second), now_);
      }
      each = to_workers_.erase(each);
    }
    for (auto& [id, worker] : workers_) {
      if (!frozen_.contains(id)) worker->tick(now_);
    }
    while (!to_master_.empty() && to_master_.begin()->first <= now_) {
      auto [id, message] = std::move(to_master_.begin()->second);
      to_master_.erase(to_master_.begin());
      if (master_ != nullptr && !cut_.contains(id)) {
        master_->receive(id, std::move(message), now_);
      }
    }
    if (master_ != nullptr && now_ >= master_->due()) master_->tick(now_);
  }
}

std::uint32_t SimulatedFleet::users() const {
  std::uint32_t sum = 0;
  for (const auto& [id, worker] : workers_) sum += worker->users();
  return sum;
}

std::uint32_t SimulatedFleet::users(const std::string& user_class) const {
  std::uint32_t sum = 0;
  for (const auto& [id, worker] : workers_) sum += worker->users(user_class);
  return sum;
}

std::uint64_t SimulatedFleet::made() const {
  std::uint64_t sum = made_by_killed_;
  for (const auto& [id, worker] : workers_) sum += worker->total_made();
  return sum;
}

std::uint64_t SimulatedFleet::orders() const {
  std::uint64_t sum = 0;
  for (const auto& [id, worker] : workers_) sum += worker->orders();
  return sum;
}

}  // namespace swarm::test
