#pragma once

#include <csignal>
#include <cstdint>
#include <vector>

#include "common/loop.h"
#include "worker/python/gevent_due.h"
#include "worker/python/gevent_watcher.h"

namespace swarm::python {

struct SignalObject {
  WatcherObject base;
  int number;
};

// Signals that watchers of one loop wait for. While there is one for a signal, the signal comes to
// it and not to whoever had it before, who gets it back afterwards.
//
// Flow    kernel -> [SignalSet] -> DueWatchers
class SignalSet final : private Watcher {
 public:
  SignalSet(Loop& loop, DueWatchers& due) : loop_(loop), due_(due) {}
  ~SignalSet();

  // False: an exception is set (another loop waits for it, the signal cannot be caught).
  bool add(SignalObject& watcher);
  void remove(SignalObject& watcher);
  // In the child of a fork, after Loop::after_fork().
  void after_fork();

 private:
  void ready(Ready what) override;
  bool open();
  bool waits_for(int number) const;

  Loop& loop_;
  DueWatchers& due_;
  int wake_fd_ = -1;
  Watch watch_;
  std::vector<SignalObject*> watchers_;
};

}  // namespace swarm::python
