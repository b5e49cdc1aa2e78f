#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "swarm/http.h"
#include "swarm/task.h"

namespace swarm {

class Timer;

namespace detail {
struct Sleeper;
struct Wakeup;
}  // namespace detail

// co_await it: goes on when the time has passed, or the descriptor is ready.
class [[nodiscard]] Sleep {
 public:
  Sleep(detail::UserContext& user, std::chrono::nanoseconds duration);
  Sleep(Sleep&&) = delete;
  ~Sleep();
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting);
  void await_resume() const noexcept {}

 private:
  detail::UserContext& user_;
  std::chrono::nanoseconds duration_;
  std::unique_ptr<detail::Sleeper> sleeper_;
};

// co_await it: goes on when the socket can be read (or written), or its peer closed it.
class [[nodiscard]] SocketReady {
 public:
  enum class For : std::uint8_t { Read, Write };
  SocketReady(detail::UserContext& user, int fd, For what);
  SocketReady(SocketReady&&) = delete;
  ~SocketReady();
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiting);
  void await_resume() const;  // throws std::runtime_error if the socket cannot be watched

 private:
  detail::UserContext& user_;
  int fd_;
  For what_;
  std::unique_ptr<detail::Wakeup> wakeup_;
};

// A request of any other protocol under way: counted when it goes out of scope, as a success
// unless fail() was called; not counted at all if its user was ended meanwhile (it is interrupted).
class [[nodiscard]] Measurement {
 public:
  Measurement(Measurement&& other) noexcept
      : user_(std::exchange(other.user_, nullptr)),
        endpoint_(other.endpoint_),
        due_(other.due_),
        started_(other.started_) {}
  ~Measurement();

  // The time ends here rather than with the scope.
  void succeed(std::uint64_t bytes_received = 0);
  void fail(std::string_view reason);

 private:
  friend class MeasureAwaiter;
  Measurement(detail::UserContext& user, std::uint32_t endpoint);
  void record(std::uint64_t bytes, std::string_view error);

  detail::UserContext* user_;
  std::uint32_t endpoint_;
  std::int64_t due_ = 0;
  std::int64_t started_ = 0;
};

class [[nodiscard]] MeasureAwaiter {
 public:
  MeasureAwaiter(detail::UserContext& user, std::string_view type, std::string_view name);
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>) const noexcept {}  // no permit: the user ends here
  Measurement await_resume() const { return Measurement(user_, endpoint_); }

 private:
  detail::UserContext& user_;
  std::uint32_t endpoint_;
};

// Somebody who uses the target. Derive from it (or from HttpUser), and register the class in
// SWARM_SCENARIO. Everything runs on one thread; a call that blocks holds all users of the process.
class User {
 public:
  User();
  virtual ~User() = default;
  User(const User&) = delete;
  User& operator=(const User&) = delete;

  // Around the tasks. on_stop runs also when the user is ended from outside.
  virtual Task<> on_start() { co_return; }
  virtual Task<> on_stop() { co_return; }

  // Unique in this process over its life, from 1 upward.
  std::uint64_t id() const;
  // The base URL: --host, or else the class's.
  std::string_view host() const;

  Sleep sleep(std::chrono::nanoseconds duration) { return {context_, duration}; }
  SocketReady readable(int fd) { return {context_, fd, SocketReady::For::Read}; }
  SocketReady writable(int fd) { return {context_, fd, SocketReady::For::Write}; }

  // Begins a request of another protocol:
  //   auto call = co_await measure("REDIS", "GET session");
  MeasureAwaiter measure(std::string_view type, std::string_view name) {
    return {context_, type, name};
  }
  // Counts a request that is over. Dropped if the run's number of requests is given out.
  void record(std::string_view type, std::string_view name, std::chrono::nanoseconds response_time,
              std::uint64_t bytes_received = 0, std::string_view error = {});

  void stop();      // this user ends after its task
  void stop_run();  // all of them do

 protected:
  detail::UserContext& context() { return context_; }

 private:
  detail::UserContext& context_;
};

// A user with an HTTP client.
class HttpUser : public User {
 public:
  HttpUser() : client(context()) {}
  HttpSession client;
};

}  // namespace swarm
