#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "common/clock.h"
#include "common/lateness.h"
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
  // With Told::While, what is not read is told again in the next turn. Closed: the peer closed its
  // sending side, or the connection failed.
  virtual void ready(Ready what) = 0;
  // ready() follows soon: an occasion to have the processor fetch the memory that it will touch.
  // Called twice, with time between for the first fetch to arrive: so `second` can follow the
  // pointers that it brought.
  virtual void foresee(bool second) const { static_cast<void>(second); }

 protected:
  ~Watcher() = default;
  // Whether it knows by itself when what it is told had happened: so it measures nothing longer if
  // it is told late.
  void tells_when(bool does) { tells_when_ = does; }

 private:
  friend class Loop;
  bool tells_when_ = false;
};

// Whether what a descriptor is ready for is told in each turn while it is so, or once, when it
// becomes so: then nothing more is told before something more happens, or Watch::again(). Once
// costs the kernel less.
enum class Told : std::uint8_t { While, Once };

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
  // With Told::Once: what is ready now is told once more. A system call.
  void again();
  explicit operator bool() const { return loop_ != nullptr; }

 private:
  friend class Loop;
  Watch(Loop& loop, std::uint32_t slot) : loop_(&loop), slot_(slot) {}

  Loop* loop_ = nullptr;
  std::uint32_t slot_ = 0;
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
  Duration longest_turn{};  // between two waits, or past the end of one: nothing was served then
  Lateness lateness{};      // of descriptors, but of those whose watcher tells when
};

// Turns: waits for sockets and timers, serves what is due, and again. Everything but the wire
// lives on it, on one thread.
//
// Flow    descriptors, timers, posted functions -> [Loop] -> Watcher, Timer, function
// Thread  loop, except post()
// Errors  none after construction, which throws std::system_error without epoll
//
// It waits in one place, on an epoll instance of its own (no system call to wait again, many events
// a turn). Asio keeps a reactor that nobody can wait for from outside: the loop visits it every
// kVisitInterval, and more often for a while after it had something to do. So nothing that is hot
// or urgent goes through Asio. See docs/decisions/0001.
class Loop {
 public:
  // 200 turns a second cost a thousandth of a core. Not shorter: a timeout below the kernel's own
  // tick has its timer set anew at every wait, which costs a busy loop a tenth of a request.
  static constexpr std::chrono::milliseconds kVisitInterval{5};
  static constexpr std::chrono::microseconds kShortVisitInterval{500};

  // Called around a wait that may last, on the loop's thread.
  struct WaitHooks {
    void (*before)(void* context) = nullptr;
    void (*after)(void* context) = nullptr;
    void* context = nullptr;
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Asio, made at the first call: a loop that nobody asks for it needs no visits.
  boost::asio::io_context& io();

  // Serves until stop(). May be called again afterwards.
  void run();
  // run() returns after the present turn.
  void stop();
  // One turn: waits for what is due, no longer than `longest_wait`, and serves it.
  void turn(Duration longest_wait);
  void set_wait_hooks(WaitHooks hooks);
  // In the child of a fork, before anything else: takes kernel objects of its own, so that what the
  // parent waits for is not touched, and watches what was watched.
  void after_fork();

  // When the present turn began; between turns, the clock. What somebody is to be given time for
  // counts from the clock itself: what came before in this turn may have taken long.
  TimePoint now() const;

  // The same within a turn; between turns, when the last one began.
  TimePoint turn_start() const;

  // Calls `watcher` when `fd` is as `interest` says, until the Watch is destroyed.
  // REQUIRES: fd is open and non-blocking, and watched once only; watcher outlives the Watch.
  // Errors: the kernel's limit on watches.
  Result<Watch> watch(int fd, Watcher& watcher, Ready interest, Told told = Told::While);

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
