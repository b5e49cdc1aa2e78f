#include "worker/native/runtime.h"

#include <algorithm>
#include <exception>
#include <random>

#include "common/log.h"

namespace swarm::detail {
namespace {

constexpr std::string_view kLogger = "swarm.user";

thread_local UserContext* under_construction = nullptr;

}  // namespace

Runtime::Runtime(ScenarioHost& host, std::unique_ptr<http::Engine> engine,
                 std::vector<ClassRuntime> classes)
    : host_(host),
      engine_(std::move(engine)),
      classes_(std::move(classes)),
      random_(std::random_device{}()) {}

Runtime::~Runtime() = default;

void Runtime::spawn(UserId id, const ClassRuntime& user_class) {
  auto& user = users_[id];
  SWARM_ASSERT(user == nullptr);
  user = std::make_unique<UserContext>(*this, id, user_class);
  user->start();
}

void Runtime::stop(UserId id, StopUser how) {
  stops_.emplace_back(id, how);
  defer();
}

void Runtime::ended(UserId id) {
  ended_.push_back(id);
  defer();
}

void Runtime::ran(const UserContext& user, TimePoint until) {
  const Duration held = until - std::max(looked_, host_.loop().turn_start());
  looked_ = until;
  if (held <= worker::HoldLog::kLimit) [[likely]]
    return;
  std::string task = user.user_class().definition->name + ".";
  task += user.doing();
  if (const auto line = holds_.note(task, held, until)) log(LogLevel::Warning, kLogger, *line);
}

void Runtime::defer() {
  if (std::exchange(deferred_, true)) return;
  host_.loop().defer([self = std::weak_ptr<Runtime*>(self_)] {
    if (const auto alive = self.lock()) (*alive)->carry_out();
  });
}

void Runtime::carry_out() {
  deferred_ = false;
  for (const auto& [id, how] : std::exchange(stops_, {})) {
    // It may have ended by itself.
    if (const auto user = users_.find(id); user != users_.end()) user->second->stop(how);
  }
  for (const UserId id : std::exchange(ended_, {})) {
    if (users_.erase(id) > 0) host_.user_ended(id);
  }
}

// co_await: until the timer expires.
struct UserContext::Wait {
  UserContext& user;
  TimePoint until;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const {
    user.waiting_ = waiting;
    user.schedule(until);
  }
  void await_resume() const noexcept {}
};

UserContext::UserContext(Runtime& runtime, UserId id, const ClassRuntime& user_class)
    : Timer(runtime.host().loop()), runtime_(runtime), id_(id), class_(user_class) {
  UserContext* const outer = std::exchange(under_construction, this);
  user_ = class_.definition->create();
  under_construction = outer;
}

UserContext::~UserContext() { end_here(); }

UserContext& UserContext::current() {
  SWARM_ASSERT(under_construction != nullptr);
  return *under_construction;
}

void UserContext::start() {
  life_ = live();
  life_.start();
  runtime_.ran(*this, read_clock());
}

void UserContext::go_on(std::coroutine_handle<> waiting) {
  waiting.resume();
  runtime_.ran(*this, read_clock());
}

void UserContext::stop(StopUser how) {
  if (leaving_) {
    if (how == StopUser::Now) {
      end_here();
      runtime_.ended(id_);
    }
    return;
  }
  stopping_ = true;
  // A user that waits has nothing to finish.
  if (how == StopUser::AfterTask && !waiting_) return;
  end_here();
  life_ = leave();
  life_.start();
  runtime_.ran(*this, read_clock());
}

void UserContext::end_here() {
  cancel();
  waiting_ = {};
  being_ended_ = true;
  life_.reset();
  being_ended_ = false;
}

void UserContext::expired() { go_on(std::exchange(waiting_, {})); }

Task<> UserContext::live() {
  bool started = false;
  try {
    co_await user_->on_start();
    started = true;
  } catch (const std::exception& error) {
    note_exception(error.what());
  } catch (...) {
    note_exception("an exception of unknown type");
  }
  runtime_.ran(*this, read_clock());
  pace_ = worker::WaitTime::begin(loop().now());
  while (started && !stopping_) {
    const TimePoint turn = loop().turn_start();
    try {
      const NativeTask& task = choose_task();
      doing_ = task.name;
      co_await task.run(*user_);
    } catch (const std::exception& error) {
      note_exception(error.what());
    } catch (...) {
      note_exception("an exception of unknown type");
    }
    const TimePoint over = read_clock();
    runtime_.ran(*this, over);  // here, as the next task may begin without a wait
    if (stopping_) break;
    const TimePoint until = class_.wait_time.next(over, pace_, runtime_.random());
    // A task that waited for nothing would hold the loop if nothing came between it and the next.
    if (until > over || turn == loop().turn_start()) {
      co_await Wait{*this, until};
      due_ = until;
    }
  }
  co_await leave();
}

Task<> UserContext::leave() {
  leaving_ = true;
  doing_ = "on_stop";
  try {
    co_await user_->on_stop();
  } catch (const std::exception& error) {
    note_exception(error.what());
  } catch (...) {
    note_exception("an exception of unknown type");
  }
  runtime_.ended(id_);
}

const NativeTask& UserContext::choose_task() {
  const auto& tasks = class_.definition->tasks;
  double at = runtime_.random().ratio() * class_.total_weight;
  for (const NativeTask& task : tasks) {
    if (at < task.weight) return task;
    at -= task.weight;
  }
  return tasks.back();
}

void UserContext::note_exception(const char* message) {
  host().record_exception(message, "in user class " + class_.definition->name + "\n");
  log(LogLevel::Error, kLogger, class_.definition->name + ": " + message);
}

}  // namespace swarm::detail
