#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/loop.h"
#include "worker/python/gevent_callback.h"
#include "worker/python/gevent_due.h"
#include "worker/python/gevent_io.h"
#include "worker/python/gevent_signals.h"
#include "worker/python/gevent_watcher.h"

namespace swarm::python {

// What gevent wants of a loop beyond common/loop.h: watchers, callbacks, and an end when nothing
// keeps it running. Python runs between the turns of the loop only, at one depth of the hub's
// stack; while the loop waits, the interpreter's lock is released.
//
// Flow    Loop -> [GeventCore] -> functions of Python, called in the hub
// Thread  that of its hub; wake() any that holds the interpreter's lock
// Errors  exceptions go to the method handle_error of the Python object
class GeventCore {
 public:
  // `owner` is the Python object that it is a part of. The default one runs on the process's loop,
  // with the greenlets that are parked there; others have loops of their own.
  GeventCore(LoopObject& owner, bool is_default);
  ~GeventCore();
  GeventCore(const GeventCore&) = delete;
  GeventCore& operator=(const GeventCore&) = delete;

  // Until nothing keeps it running, or stop_running(); one turn if `once`, without waiting if
  // `nowait`. It may be called again from inside.
  void run(bool nowait, bool once, PyObject* hub);
  enum class Break : std::uint8_t { None, One, All };
  void stop_running(Break how) { break_ = how; }
  // Stops all watchers and forgets all callbacks, for good.
  void destroy();
  bool destroyed() const { return destroyed_; }

  TimePoint now() const { return now_; }
  void update_now() { now_ = read_clock(); }

  Loop& loop() { return loop_; }
  bool is_default() const { return is_default_; }
  DueWatchers& due() { return due_; }
  IoSet& io() { return io_; }
  SignalSet& signals() { return signals_; }
  const CallbackQueue& callbacks() const { return callbacks_; }

  // Null: an exception is set.
  Ref<CallbackObject> add_callback(PyObject* function, PyObject* args);
  void clear_callbacks();
  // What keeps the loop running, watchers and callbacks together.
  long references() const;
  void count(long more) { references_ += more; }

  // Watchers that watch.
  void enter(WatcherObject& watcher);
  void leave(WatcherObject& watcher);
  // Those of moments in each turn.
  enum class Moment : std::uint8_t { Fork, Prepare, Check, Idle };
  std::vector<WatcherObject*>& at(Moment moment) {
    return moments_[static_cast<std::size_t>(moment)];
  }
  // An async watcher was told to fire.
  void send(WatcherObject& watcher);
  void unsend(WatcherObject& watcher);
  // Ends a wait: there is something new to look at.
  void wake();

  // In the child of a fork: makes the kernel's part of all loops anew, and has their fork watchers
  // called.
  static void after_fork();

  std::uint64_t iteration() const { return iteration_; }
  int depth() const { return depth_; }

 private:
  void go_round(bool nowait);
  void turn(bool nowait);
  bool has_work() const;
  bool over() const { return break_ != Break::None || destroyed_; }
  void run_callbacks();
  void add_all(Moment moment, std::uint32_t event);
  void serve_due();
  void serve(WatcherObject& watcher);
  void check_signals();
  void report(PyObject* context);
  static void before_wait(void* core);
  static void after_wait(void* core);

  LoopObject& owner_;
  const bool is_default_;
  std::unique_ptr<Loop> own_;
  Loop& loop_;
  DueWatchers due_;
  IoSet io_;
  SignalSet signals_;
  CallbackQueue callbacks_;
  std::array<std::vector<WatcherObject*>, 4> moments_;
  std::vector<WatcherObject*> sent_;
  WatcherObject* watching_ = nullptr;  // the first of a chain

  TimePoint now_ = read_clock();
  long references_ = 0;
  std::uint64_t iteration_ = 0;
  int depth_ = 0;
  Break break_ = Break::None;
  bool destroyed_ = false;
  bool forked_ = false;
  bool waiting_ = false;
  PyThreadState* thread_ = nullptr;  // while it waits
};

}  // namespace swarm::python
