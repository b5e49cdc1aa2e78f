#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/scenario.h"

namespace swarm::test {

// A scenario whose users live until the test, or whoever asks them to, ends them.
class FakeScenario final : public Scenario {
 public:
  struct Born {
    UserId id;
    UserClassId user_class;
  };

  explicit FakeScenario(std::vector<std::string> names) {
    std::ranges::sort(names);
    for (std::string& name : names)
      classes_.push_back({.name = std::move(name), .host = {}, .tasks = {}});
  }

  std::span<const UserClass> user_classes() const override { return classes_; }
  void test_start(Done done) override { hook("test_start", std::move(done)); }
  void test_stopping(Done done) override { hook("test_stopping", std::move(done)); }
  void test_stop(Done done) override { hook("test_stop", std::move(done)); }
  void spawning_complete(std::uint32_t users) override { spawned.push_back(users); }
  void receive(const ScenarioMessage& message) override { received.push_back(message); }
  void take_options(const Value& options) override {
    calls.emplace_back("take_options");
    taken_options = options;
  }
  void joined(std::uint32_t index) override { indices.push_back(index); }
  bool watches_reports() const override { return static_cast<bool>(on_report); }
  void report_to_master(const std::string& worker, Value& data) override {
    on_report(worker, data);
  }
  std::optional<Duration> report_interval() const override { return wanted_interval; }
  void spawn(UserId id, UserClassId user_class) override {
    alive.insert(id);
    born.push_back({id, user_class});
  }
  void stop(UserId id, StopUser how) override {
    stopped.emplace_back(id, how);
    if (how == StopUser::Now || ends_after_task) end(id);
  }

  // A user's life is over.
  void end(UserId id) {
    if (alive.erase(id) > 0 && user_ended) user_ended(id);
  }

  // Where ends are told; ScenarioHost::user_ended in real life.
  std::function<void(UserId)> user_ended;
  // Whether a user that may finish its task does so at once.
  bool ends_after_task = true;

  // Hooks that take their time are over when the test calls `unfinished`.
  bool hooks_last = false;
  Done unfinished;

  // Whoever listens to reports; empty: nobody.
  std::function<void(const std::string& worker, Value& data)> on_report;
  std::optional<Duration> wanted_interval;

  std::vector<std::uint32_t> spawned;  // of spawning_complete
  std::vector<ScenarioMessage> received;
  std::vector<std::uint32_t> indices;  // of joined
  Value taken_options;

  std::set<UserId> alive;
  std::vector<Born> born;
  std::vector<std::pair<UserId, StopUser>> stopped;
  std::vector<std::string> calls;

 private:
  void hook(const char* name, Done done) {
    calls.emplace_back(name);
    if (hooks_last) {
      unfinished = std::move(done);
    } else {
      done();
    }
  }

  std::vector<UserClass> classes_;
};

}  // namespace swarm::test
