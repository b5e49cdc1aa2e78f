#include "worker/python/gevent_due.h"

#include <utility>

namespace swarm::python {

void DueWatchers::add(WatcherObject& watcher, std::uint32_t events) {
  if (watcher.due_place != 0) {
    watcher.events |= events;
    return;
  }
  Queue& queue = queue_of(watcher);
  queue.watchers.push_back(&watcher);
  watcher.due_place = static_cast<std::uint32_t>(queue.watchers.size());
  watcher.events = events;
  ++size_;
}

void DueWatchers::remove(WatcherObject& watcher) {
  if (watcher.due_place == 0) return;
  queue_of(watcher).watchers[watcher.due_place - 1] = nullptr;
  watcher.due_place = 0;
  --size_;
}

WatcherObject* DueWatchers::take() {
  for (Queue& queue : queues_) {
    while (queue.first < queue.watchers.size()) {
      WatcherObject* const watcher = queue.watchers[queue.first++];
      if (watcher == nullptr) continue;
      watcher->due_place = 0;
      --size_;
      return watcher;
    }
    queue.watchers.clear();
    queue.first = 0;
  }
  return nullptr;
}

}  // namespace swarm::python
