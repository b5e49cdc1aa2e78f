#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "master/run/coordinator.h"
#include "proto/link.h"
#include "tests/support/simulated_worker.h"

namespace swarm::test {

// Workers and the network between them and a coordinator, in simulated time: messages take a while,
// and every n-th, in both directions together, is lost, repeated or overtaken by later ones.
class SimulatedFleet final : public proto::FleetLink {
 public:
  static constexpr Duration kStep = std::chrono::milliseconds{50};
  static constexpr Duration kLatency = std::chrono::milliseconds{10};
  enum class Fault : std::uint8_t { None, Lose, Repeat, Delay };

  explicit SimulatedFleet(TimePoint start) : now_(start) {}

  // Whom workers reach; null: nobody. Those that are there introduce themselves to a new one.
  void attach(master::Coordinator* master);
  // Every n-th; or one in n, without a pattern. The first lease of a worker is spared: it travels
  // in one piece with the order that follows it.
  void set_fault(Fault fault, std::uint64_t every, bool scattered = false) {
    fault_ = fault, every_ = every, scattered_ = scattered;
  }

  SimulatedWorker& add(const std::string& id);
  SimulatedWorker& worker(const std::string& id) { return *workers_.at(id); }
  // At once, with whatever it has not said.
  void kill(const std::string& id);
  // Nothing goes through either way.
  void cut(const std::string& id) { cut_.insert(id); }
  // It does again; the worker's link may have noticed, or not.
  void mend(const std::string& id, bool introduces);
  // The process does not run; what is sent to it waits.
  void freeze(const std::string& id) { frozen_.insert(id); }
  void thaw(const std::string& id) { frozen_.erase(id); }

  // Lets time pass for everybody.
  void advance(Duration time);
  TimePoint now() const { return now_; }

  const std::map<std::string, std::unique_ptr<SimulatedWorker>>& workers() const {
    return workers_;
  }
  std::uint32_t users() const;
  std::uint32_t users(const std::string& user_class) const;
  // Requests made by all, those that were killed among them.
  std::uint64_t made() const;
  // Orders that arrived at any worker.
  std::uint64_t orders() const;

  // FleetLink
  Result<void> send(const proto::WorkerId& worker, proto::ToWorker message) override;
  void on_receive(std::function<void(const proto::WorkerId&, proto::ToMaster)>) override {}

 private:
  template <typename Message>
  using Queue = std::multimap<TimePoint, std::pair<std::string, Message>>;

  bool fails();
  template <typename Message>
  void put(Queue<Message>& queue, const std::string& worker, Message message);

  TimePoint now_;
  master::Coordinator* master_ = nullptr;
  Fault fault_ = Fault::None;
  std::uint64_t every_ = 0;
  bool scattered_ = false;
  std::uint64_t passed_ = 0;
  std::minstd_rand random_;
  std::map<std::string, std::unique_ptr<SimulatedWorker>> workers_;
  std::set<std::string> cut_;
  std::set<std::string> frozen_;
  std::uint64_t made_by_killed_ = 0;
  Queue<proto::ToMaster> to_master_;
  Queue<proto::ToWorker> to_workers_;
};

}  // namespace swarm::test
