#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/link.h"
#include "worker/agent/held_permits.h"
#include "worker/report/reporter.h"

namespace swarm::test {

// A worker for tests of a master: obeys orders and reports as the real one does, but its users are
// numbers, and each makes a request whenever time passes.
class SimulatedWorker {
 public:
  static constexpr Duration kReportInterval = std::chrono::seconds{1};
  using Send = std::function<void(proto::ToMaster)>;

  SimulatedWorker(std::string id, Send send) : id_(std::move(id)), link_(std::move(send)) {}

  void introduce(TimePoint now);
  void receive(proto::ToWorker message, TimePoint now);
  // Time passes: steps are taken, requests made, reports and heartbeats sent.
  void tick(TimePoint now);
  // Asks the scenario's users to make no requests any more (they are alive, and idle).
  void set_idle(bool idle) { idle_ = idle; }
  // Users end by themselves.
  void end_users(std::uint32_t count);
  void leave() { link_.send(proto::Goodbye{}).ok(); }

  const std::string& id() const { return id_; }
  std::uint32_t users() const;
  std::uint32_t users(const std::string& user_class) const;
  proto::RunId run() const { return run_; }
  proto::RunState state() const { return state_; }
  // Requests that it made in the present run, and those that are not counted by any master.
  std::uint64_t made() const { return made_; }
  std::uint64_t uncounted() const { return reporter_ ? made_ - reporter_->samples_counted() : 0; }
  // When each user came, or was told to go, since the last call.
  struct Change {
    TimePoint at;
    std::string user_class;
    bool hatched = false;
  };
  std::vector<Change> take_changes() { return std::exchange(changes_, {}); }
  std::uint64_t orders() const { return orders_; }
  std::uint64_t total_made() const { return total_made_; }
  std::uint32_t index() const { return index_; }
  int told_complete() const { return told_complete_; }

 private:
  class Outlet final : public proto::Link {
   public:
    explicit Outlet(Send send) : send_(std::move(send)) {}
    Result<void> send(proto::ToMaster message) override {
      send_(std::move(message));
      return {};
    }
    void on_receive(std::function<void(proto::ToWorker)>) override {}
    void publish(const proto::Heartbeat& heartbeat) override { send_(heartbeat); }
    TimePoint last_heard() const override { return TimePoint::max(); }

   private:
    Send send_;
  };
  struct Step {
    TimePoint at;
    std::string user_class;
    bool hatch = false;
  };

  void obey(const proto::Spawn& order, TimePoint now);
  void obey(const proto::Ack& ack);
  void reach(const std::string& user_class, std::int64_t users, TimePoint now);
  void change(const std::string& user_class, bool hatch, TimePoint now);
  void request(TimePoint now);
  void end_run();
  std::vector<proto::ClassCount> counts() const;

  const std::string id_;
  Outlet link_;
  std::uint32_t index_ = 0;
  std::optional<TimePoint> introduce_again_;
  TimePoint next_beat_{};
  proto::RunState state_ = proto::RunState::Ready;
  proto::RunId run_;
  TimePoint run_start_{};
  std::uint32_t era_ = 0;
  std::uint64_t order_ = 0;
  std::uint64_t order_done_ = 0;
  std::map<std::string, std::uint32_t> users_;
  std::deque<Step> steps_;
  std::optional<worker::Reporter> reporter_;
  worker::HeldPermits permits_;
  std::uint64_t made_ = 0;
  std::uint64_t total_made_ = 0;
  std::uint64_t orders_ = 0;
  int told_complete_ = 0;
  bool idle_ = false;
  int unanswered_ = 0;
  int unaware_ = 0;
  Delta pending_;
  std::vector<Change> changes_;
};

}  // namespace swarm::test
