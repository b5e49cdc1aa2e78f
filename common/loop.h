#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "common/clock.h"
#include "common/net_fwd.h"
#include "common/result.h"

namespace swarm {

class Loop;

// What happened on a file descriptor; a set of bits.
enum class Ready : std::uint32_t { Nothing = 0, Read = 1, Write = 2, Closed = 4 };
constexpr Ready operator|(Ready a, Ready b) {
  return static_cast<Ready>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool any(Ready set, Ready of) {
  return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(of)) != 0;
}

// Somebody who waits for a file descriptor.
class Watcher {
 public:
  // `what` holds while the descriptor stays so (level-triggered): what is not read is told again
  // in the next turn. Closed: the peer closed its sending side, or the connection failed.
  virtual void ready(Ready what) = 0;

 protected:
  ~Watcher() = default;
};

// A watched file descriptor; stops watching when destroyed, which must precede close(fd).
// Thread  loop
class Watch {
 public:
  Watch() = default;
  Watch(Watch&& other) noexcept;
  Watch& operator=(Watch&& other) noexcept;
  ~Watch() { reset(); }

  void reset();
  // What to be told of from now on; Closed is always told. One system call if it changes.
  void want(Ready interest);
  explicit operator bool() const { return loop_ != nullptr; }

 private:
  friend class Loop;
  Watch(Loop& loop, int fd, std::uint32_t slot, Ready interest)
      : loop_(&loop), fd_(fd), slot_(slot), interest_(interest) {}

  Loop* loop_ = nullptr;
  int fd_ = -1;
  std::uint32_t slot_ = 0;
  Ready interest_ = Ready::Nothing;
};

// One instant that somebody waits for; cancelled when destroyed. Costs no system call and no
// allocation per use. Derive from it, or use CallbackTimer.
// Thread  loop
class Timer {
 public:
  explicit Timer(Loop& loop) : loop_(loop) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces an earlier time. A time in the past is due in the next turn.
  void schedule(TimePoint when);
  void cancel();
  bool scheduled() const { return position_ != kNowhere; }
  TimePoint when() const { return when_; }

 protected:
  ~Timer() { cancel(); }
  // The time has come. May schedule itself again or destroy itself.
  virtual void expired() = 0;
  Loop& loop() const { return loop_; }

 private:
  friend class Loop;
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  Loop& loop_;
  TimePoint when_{};
  std::uint32_t position_ = kNowhere;  // in the loop's heap
};

class CallbackTimer final : public Timer {
 public:
  CallbackTimer(Loop& loop, std::function<void()> callback)
      : Timer(loop), callback_(std::move(callback)) {}

 private:
  void expired() override { callback_(); }
  std::function<void()> callback_;
};

// How a loop spent the time since the last take_load().
struct LoopLoad {
  Duration wall{};
  Duration cpu{};           // of the loop's thread, of wall
  Duration longest_turn{};  // while it lasted, nothing else was served
};

// Turns: waits for sockets and timers, serves what is due, and again. Everything but the wire
// lives on it, on one thread.
//
// Flow    descriptors, timers, posted functions -> [Loop] -> Watcher, Timer, function
// Thread  loop, except post()
// Errors  none after construction, which throws std::system_error without epoll
//
// The descriptors of the hot path are watched by an epoll instance of its own (no system call to
// wait again, many events a turn); that instance is watched by Asio while the process is quiet,
// and visits Asio every kVisitInterval while it is busy. See docs/decisions/0001.
class Loop {
 public:
  // How often Asio's own events (web, signals, names, posts) are served while the loop is busy; in
  // the moment when it runs out of work, they may wait ten times as long.
  static constexpr std::chrono::microseconds kVisitInterval{500};

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& io();

  // Serves until stop(). May be called again afterwards.
  void run();
  // run() returns after the present turn.
  void stop();

  // When the present turn began.
  TimePoint now() const;

  // Calls `watcher` when `fd` is as `interest` says, until the Watch is destroyed.
  // REQUIRES: fd is open and non-blocking, and watched once only; watcher outlives the Watch.
  // Errors: the kernel's limit on watches.
  Result<Watch> watch(int fd, Watcher& watcher, Ready interest);

  // Runs `function` at the end of the present turn, after all that is due now.
  void defer(std::function<void()> function);
  // The same from any thread; the loop is woken.
  void post(std::function<void()> function);

  LoopLoad take_load();

 private:
  friend class Watch;
  friend class Timer;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace swarm
