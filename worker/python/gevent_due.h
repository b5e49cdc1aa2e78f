#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "worker/python/gevent_watcher.h"

namespace swarm::python {

inline constexpr int kLeastPriority = -2;
inline constexpr int kGreatestPriority = 2;

// Watchers whose callbacks are to be called, those of the highest priority first, then in the order
// in which they came. Touches no Python.
// Flow    descriptors, timers, signals, ... -> [DueWatchers] -> the hub
class DueWatchers {
 public:
  // A watcher that is due already is due for more.
  void add(WatcherObject& watcher, std::uint32_t events);
  void remove(WatcherObject& watcher);
  // Null: none is left.
  WatcherObject* take();
  std::size_t size() const { return size_; }

 private:
  struct Queue {
    std::vector<WatcherObject*> watchers;  // null: removed
    std::size_t first = 0;
  };
  Queue& queue_of(const WatcherObject& watcher) {
    return queues_[static_cast<std::size_t>(kGreatestPriority - watcher.priority)];
  }

  std::array<Queue, kGreatestPriority - kLeastPriority + 1> queues_;
  std::size_t size_ = 0;
};

}  // namespace swarm::python
