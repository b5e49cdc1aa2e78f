#include "worker/native/native_scenario.h"

#include <dlfcn.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "swarm/scenario.h"
#include "worker/native/runtime.h"

namespace swarm {
namespace {

worker::WaitTime to_wait_time(const WaitTime& wait) {
  switch (wait.kind) {
    case WaitTime::Kind::Pacing:
      return worker::WaitTime::constant_pacing(wait.shortest);
    case WaitTime::Kind::Throughput:
      return worker::WaitTime::constant_throughput(wait.tasks_per_s);
    case WaitTime::Kind::Between:
      break;
  }
  return worker::WaitTime::between(wait.shortest, wait.longest);
}

Result<void> check(const detail::NativeClass& user_class) {
  const std::string who = "user class '" + user_class.name + "'";
  if (user_class.tasks.empty()) return Error{who + " has no tasks: add one with .task(...)"};
  for (const auto& task : user_class.tasks) {
    if (!(task.weight > 0)) {
      return Error{who + ": the weight of task '" + task.name + "' must be above 0"};
    }
  }
  if (!(user_class.weight >= 0)) return Error{who + ": its weight must not be negative"};
  const WaitTime& wait = user_class.wait_time;
  const bool throughput = wait.kind == WaitTime::Kind::Throughput;
  if (wait.shortest.count() < 0 || wait.longest < wait.shortest ||
      (throughput && !(wait.tasks_per_s > 0))) {
    return Error{who + ": its wait time must be positive, the shorter one first"};
  }
  return {};
}

}  // namespace

// The classes of a compiled library, and the users that live.
class NativeScenario final : public Scenario {
 public:
  static Result<std::unique_ptr<Scenario>> create(void (*define)(ScenarioBuilder&),
                                                  ScenarioHost& host,
                                                  std::unique_ptr<http::Engine> engine,
                                                  std::string file) {
    std::unique_ptr<NativeScenario> scenario(new NativeScenario);
    scenario->file_ = std::move(file);
    define(scenario->builder_);
    auto& built = scenario->builder_.classes_;
    std::sort(built.begin(), built.end(),
              [](const auto& a, const auto& b) { return a->name < b->name; });
    const auto twice =
        std::adjacent_find(built.begin(), built.end(),
                           [](const auto& a, const auto& b) { return a->name == b->name; });
    if (twice != built.end()) {
      return Error{"user class '" + (*twice)->name + "' is defined twice: rename one of them"};
    }
    std::vector<detail::ClassRuntime> classes;
    for (const auto& definition : built) {
      SWARM_TRY(check(*definition));
      detail::ClassRuntime& user_class = classes.emplace_back();
      user_class.definition = definition.get();
      user_class.wait_time = to_wait_time(definition->wait_time);
      UserClass& offered = scenario->offered_.emplace_back();
      offered.name = definition->name;
      offered.weight = definition->weight;
      offered.fixed_count = definition->fixed_count;
      offered.host = definition->host;
      for (const auto& task : definition->tasks) {
        user_class.total_weight += task.weight;
        offered.tasks.push_back({.name = task.name, .weight = task.weight, .children = {}});
      }
    }
    scenario->runtime_.emplace(host, std::move(engine), std::move(classes));
    return std::unique_ptr<Scenario>(std::move(scenario));
  }

  std::span<const UserClass> user_classes() const override { return offered_; }

  std::vector<std::string> files() const override { return {file_}; }

  void test_start(Done done) override {
    for (detail::ClassRuntime& user_class : runtime_->classes()) {
      const std::string_view given = runtime_->host().host();
      auto base = http::ClientBase::create(
          given.empty() ? std::string_view(user_class.definition->host) : given);
      user_class.base = base ? std::move(base).value() : nullptr;
    }
    if (builder_.test_start_) builder_.test_start_();
    done();
  }

  void test_stop(Done done) override {
    if (builder_.test_stop_) builder_.test_stop_();
    done();
  }

  void spawn(UserId id, UserClassId user_class) override {
    runtime_->spawn(id, runtime_->classes()[user_class.value]);
  }

  void stop(UserId id, StopUser how) override { runtime_->stop(id, how); }

 private:
  NativeScenario() = default;

  std::string file_;  // the library's
  ScenarioBuilder builder_;
  std::vector<UserClass> offered_;
  std::optional<detail::Runtime> runtime_;
};

Result<std::unique_ptr<Scenario>> load_native_scenario(const std::string& path, ScenarioHost& host,
                                                       const NativeOptions& options) {
  // dlopen looks in the system's folders for a name without a slash.
  const std::string file = std::filesystem::absolute(path).string();
  if (!std::filesystem::exists(file)) {
    return Error{"could not find '" + path + "': give the scenario with -f"};
  }
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return Error{"could not load '" + path + "': " + ::dlerror() +
                 ". -f wants a scenario compiled as a shared library"};
  const auto* abi = static_cast<const std::uint32_t*>(::dlsym(library, "swarm_scenario_abi"));
  const auto define =
      reinterpret_cast<void (*)(ScenarioBuilder&)>(::dlsym(library, "swarm_scenario"));
  if (abi == nullptr || define == nullptr) {
    return Error{"'" + path + "' is no scenario: it needs a SWARM_SCENARIO (see swarm/scenario.h)"};
  }
  if (*abi != kScenarioAbi) {
    return Error{"'" + path + "' was compiled for another version of swarm: compile it anew"};
  }
  http::EngineOptions engine_options;
  engine_options.verify = options.verify;
  engine_options.ca_file = options.ca_file;
  engine_options.connection_opened = [&host] { host.connection_opened(); };
  SWARM_TRY_ASSIGN(auto engine, http::Engine::create(host.loop(), std::move(engine_options)));
  return NativeScenario::create(define, host, std::move(engine), file);
}

}  // namespace swarm
