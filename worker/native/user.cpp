#include "swarm/user.h"

#include <stdexcept>
#include <string>

#include "worker/native/runtime.h"

namespace swarm {
namespace detail {

struct Sleeper final : private Timer {
  explicit Sleeper(UserContext& user) : Timer(user.loop()), user_(user) {}
  void wait(TimePoint until, std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    schedule(until);
  }

 private:
  void expired() override { user_.go_on(waiting_); }
  UserContext& user_;
  std::coroutine_handle<> waiting_;
};

struct Wakeup final : private Watcher {
  explicit Wakeup(UserContext& user) : user_(user) {}
  Result<void> wait(int fd, Ready interest, std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    SWARM_TRY_ASSIGN(watch_, user_.loop().watch(fd, *this, interest));
    return {};
  }

  std::string error;

 private:
  void ready(Ready) override {
    watch_.reset();
    user_.go_on(waiting_);
  }
  UserContext& user_;
  Watch watch_;
  std::coroutine_handle<> waiting_;
};

}  // namespace detail

Sleep::Sleep(detail::UserContext& user, std::chrono::nanoseconds duration)
    : user_(user), duration_(duration) {}
Sleep::~Sleep() = default;

void Sleep::await_suspend(std::coroutine_handle<> waiting) {
  sleeper_ = std::make_unique<detail::Sleeper>(user_);
  sleeper_->wait(read_clock() + duration_, waiting);
}

SocketReady::SocketReady(detail::UserContext& user, int fd, For what)
    : user_(user), fd_(fd), what_(what) {}
SocketReady::~SocketReady() = default;

bool SocketReady::await_suspend(std::coroutine_handle<> waiting) {
  wakeup_ = std::make_unique<detail::Wakeup>(user_);
  const auto interest = what_ == For::Read ? Ready::Read : Ready::Write;
  const auto watched = wakeup_->wait(fd_, interest, waiting);
  if (!watched) wakeup_->error = watched.error().message;
  return watched.ok();
}

void SocketReady::await_resume() const {
  if (!wakeup_->error.empty()) throw std::runtime_error(wakeup_->error);
}

Measurement::Measurement(detail::UserContext& user, std::uint32_t endpoint)
    : user_(&user), endpoint_(endpoint) {
  const TimePoint started = read_clock();
  started_ = started.time_since_epoch().count();
  due_ = user.take_due(started).time_since_epoch().count();
}

Measurement::~Measurement() {
  if (user_ == nullptr) return;
  // Left by an exception or by the end of its task: a success. Ended from outside: interrupted.
  if (user_->being_ended()) {
    std::exchange(user_, nullptr)->host().record_interrupted({endpoint_});
  } else {
    record(0, {});
  }
}

void Measurement::record(std::uint64_t bytes, std::string_view error) {
  if (user_ == nullptr) return;
  std::exchange(user_, nullptr)
      ->host()
      .record({.endpoint = {endpoint_},
               .due = TimePoint(Duration{due_}),
               .started = TimePoint(Duration{started_}),
               .ended = read_clock(),
               .bytes_received = bytes,
               .self_timed = true,
               .error = error});
}

void Measurement::succeed(std::uint64_t bytes_received) { record(bytes_received, {}); }
void Measurement::fail(std::string_view reason) {
  record(0, reason.empty() ? std::string_view("failed by the scenario") : reason);
}

MeasureAwaiter::MeasureAwaiter(detail::UserContext& user, std::string_view type,
                               std::string_view name)
    : user_(user), endpoint_(user.host().endpoint(type, name).value) {}

bool MeasureAwaiter::await_ready() const noexcept {
  if (user_.host().take_permit()) return true;
  user_.park();
  return false;
}

User::User() : context_(detail::UserContext::current()) {}

std::uint64_t User::id() const { return context_.id().value; }

std::string_view User::host() const {
  const std::string_view given = context_.host().host();
  return given.empty() ? std::string_view(context_.user_class().definition->host) : given;
}

void User::record(std::string_view type, std::string_view name,
                  std::chrono::nanoseconds response_time, std::uint64_t bytes_received,
                  std::string_view error) {
  ScenarioHost& host = context_.host();
  if (!host.take_permit()) return;
  const TimePoint now = read_clock();
  host.record({.endpoint = host.endpoint(type, name),
               .due = now - response_time,
               .started = now - response_time,
               .ended = now,
               .bytes_received = bytes_received,
               .self_timed = true,
               .error = error});
}

void User::stop() { context_.stop_after_task(); }
void User::stop_run() { context_.host().stop_run(); }

}  // namespace swarm
