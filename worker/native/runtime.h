#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/loop.h"
#include "common/scenario.h"
#include "swarm/scenario.h"
#include "worker/http/client.h"
#include "worker/http/engine.h"
#include "worker/users/hold_log.h"
#include "worker/users/random.h"
#include "worker/users/wait_time.h"

namespace swarm::detail {

class UserContext;

// What all users of one class share.
struct ClassRuntime {
  const NativeClass* definition = nullptr;
  worker::WaitTime wait_time;
  double total_weight = 0;
  std::shared_ptr<const http::ClientBase> base;  // null: no host; set at the start of a run
};

// Owns the users that are alive, and ends them between two turns, when none of them runs.
// Thread  loop
class Runtime {
 public:
  Runtime(ScenarioHost& host, std::unique_ptr<http::Engine> engine,
          std::vector<ClassRuntime> classes);
  ~Runtime();

  void spawn(UserId id, const ClassRuntime& user_class);
  void stop(UserId id, StopUser how);
  // The user's life is over. It is destroyed at the end of the turn.
  void ended(UserId id);
  // Since the turn began, or since the last call, the loop was the user's. Warns if that was long.
  void ran(const UserContext& user, TimePoint until);

  ScenarioHost& host() { return host_; }
  http::Engine& engine() { return *engine_; }
  std::vector<ClassRuntime>& classes() { return classes_; }
  worker::Random& random() { return random_; }

 private:
  void defer();
  void carry_out();

  ScenarioHost& host_;
  std::unique_ptr<http::Engine> engine_;
  std::vector<ClassRuntime> classes_;
  worker::Random random_;
  std::unordered_map<UserId, std::unique_ptr<UserContext>> users_;
  std::vector<std::pair<UserId, StopUser>> stops_;
  std::vector<UserId> ended_;
  worker::HoldLog holds_;
  TimePoint looked_{};  // the last ran()
  bool deferred_ = false;
  std::shared_ptr<Runtime*> self_ = std::make_shared<Runtime*>(this);
};

// One user of the scenario and its life as a coroutine: on_start, tasks and waits, on_stop.
// Thread  loop
class UserContext final : private Timer {
 public:
  UserContext(Runtime& runtime, UserId id, const ClassRuntime& user_class);
  ~UserContext();

  void start();
  // Runs it from where it waits until it waits again, or its life is over.
  void go_on(std::coroutine_handle<> waiting);
  // REQUIRES: no coroutine runs.
  void stop(StopUser how);
  // From inside: after the present task, or at once because nothing more may be requested.
  void stop_after_task() { stopping_ = true; }
  void park() { runtime_.stop(id_, StopUser::Now); }

  // Its coroutine is being destroyed where it stands.
  bool being_ended() const { return being_ended_; }

  // When what is done now should have begun: the time a wait was to end, for the first request
  // after it; `started` for all others.
  TimePoint take_due(TimePoint started) {
    return due_ == TimePoint{} ? started : std::exchange(due_, TimePoint{});
  }

  Runtime& runtime() { return runtime_; }
  ScenarioHost& host() { return runtime_.host(); }
  Loop& loop() { return Timer::loop(); }
  UserId id() const { return id_; }
  const ClassRuntime& user_class() const { return class_; }
  // The task that it executes; else on_start or on_stop.
  std::string_view doing() const { return doing_; }

  // The user under construction: what User's constructor finds.
  static UserContext& current();

 private:
  struct Wait;
  void expired() override;
  void end_here();
  Task<> live();
  Task<> leave();
  const NativeTask& choose_task();
  void note_exception(const char* message);

  Runtime& runtime_;
  const UserId id_;
  const ClassRuntime& class_;
  worker::WaitTime::Pace pace_{};
  TimePoint due_{};
  std::string_view doing_ = "on_start";
  std::coroutine_handle<> waiting_;  // between two tasks
  bool stopping_ = false;
  bool leaving_ = false;  // on_stop has begun
  bool being_ended_ = false;
  std::unique_ptr<User> user_;
  Task<> life_;  // last: its frames use all of the above
};

}  // namespace swarm::detail
