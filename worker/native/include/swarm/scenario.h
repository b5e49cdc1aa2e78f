#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "swarm/user.h"

namespace swarm {

// How long a user waits between two tasks.
struct WaitTime {
  enum class Kind : std::uint8_t { Between, Pacing, Throughput };
  Kind kind = Kind::Between;
  std::chrono::nanoseconds shortest{0};  // of Between, the period of Pacing
  std::chrono::nanoseconds longest{0};
  double tasks_per_s = 0;  // of Throughput
};

// Evenly spread between the two.
constexpr WaitTime between(std::chrono::nanoseconds shortest, std::chrono::nanoseconds longest) {
  return {WaitTime::Kind::Between, shortest, longest};
}
constexpr WaitTime constant(std::chrono::nanoseconds time) { return between(time, time); }
// Tasks start this far apart; one that takes longer is followed at once, and the count starts anew.
constexpr WaitTime constant_pacing(std::chrono::nanoseconds period) {
  return {WaitTime::Kind::Pacing, period, period};
}
// Tasks a second and user, > 0. What a slow answer delayed is made up for.
constexpr WaitTime constant_throughput(double tasks_per_s) {
  return {WaitTime::Kind::Throughput, {}, {}, tasks_per_s};
}

namespace detail {

struct NativeTask {
  std::string name;
  double weight = 1;
  std::function<Task<>(User&)> run;
};

struct NativeClass {
  std::string name;
  double weight = 1;
  std::uint32_t fixed_count = 0;
  std::string host;
  WaitTime wait_time;
  std::vector<NativeTask> tasks;
  std::function<std::unique_ptr<User>()> create;
};

}  // namespace detail

// Says what a user class is like. Returned by ScenarioBuilder::user_class.
template <std::derived_from<User> U>
class UserClassBuilder {
 public:
  explicit UserClassBuilder(detail::NativeClass& built) : built_(built) {}

  // How many there are in proportion to other classes; >= 0, 1 at first.
  UserClassBuilder& weight(double weight) { return built_.weight = weight, *this; }
  // Exactly this many, before all classes with a weight.
  UserClassBuilder& fixed_count(std::uint32_t count) { return built_.fixed_count = count, *this; }
  // Base URL when there is no --host.
  UserClassBuilder& host(std::string url) { return built_.host = std::move(url), *this; }
  UserClassBuilder& wait_time(WaitTime wait) { return built_.wait_time = wait, *this; }
  // A task is chosen with a probability in proportion to its weight; > 0.
  UserClassBuilder& task(std::string name, double weight, Task<> (U::*run)()) {
    return task(std::move(name), weight, [run](U& user) { return (user.*run)(); });
  }
  UserClassBuilder& task(std::string name, double weight, std::function<Task<>(U&)> run) {
    built_.tasks.push_back({std::move(name), weight, [run = std::move(run)](User& user) {
                              return run(static_cast<U&>(user));
                            }});
    return *this;
  }

 private:
  detail::NativeClass& built_;
};

// What SWARM_SCENARIO fills.
class ScenarioBuilder {
 public:
  template <std::derived_from<User> U>
  UserClassBuilder<U> user_class(std::string name) {
    auto& built = *classes_.emplace_back(std::make_unique<detail::NativeClass>());
    built.name = std::move(name);
    built.create = [] { return std::make_unique<U>(); };
    return UserClassBuilder<U>(built);
  }
  // Before the first user of a run, and after its last.
  void on_test_start(std::function<void()> hook) { test_start_ = std::move(hook); }
  void on_test_stop(std::function<void()> hook) { test_stop_ = std::move(hook); }

 private:
  friend class NativeScenario;
  std::vector<std::unique_ptr<detail::NativeClass>> classes_;
  std::function<void()> test_start_;
  std::function<void()> test_stop_;
};

// Changes whenever a scenario has to be compiled anew.
inline constexpr std::uint32_t kScenarioAbi = 1;

}  // namespace swarm

// Defines a compiled scenario:
//   SWARM_SCENARIO(scenario) { scenario.user_class<Visitor>("Visitor")...; }
#define SWARM_SCENARIO(builder)                                              \
  extern "C" const std::uint32_t swarm_scenario_abi;                         \
  extern "C" const std::uint32_t swarm_scenario_abi = ::swarm::kScenarioAbi; \
  extern "C" void swarm_scenario(::swarm::ScenarioBuilder& builder);         \
  extern "C" void swarm_scenario(::swarm::ScenarioBuilder& builder)
