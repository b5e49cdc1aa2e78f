#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <vector>

#include "common/loop.h"
#include "worker/python/gevent_due.h"
#include "worker/python/gevent_watcher.h"

namespace swarm::python {

struct IoObject {
  WatcherObject base;
  int fd;
  std::uint32_t events;  // kEventRead, kEventWrite
  bool fresh;            // has not been started since it was given its descriptor
  IoObject* next;        // of the same descriptor
};

// Descriptors of gevent, any number of watchers each, in an epoll instance of their own: code in
// Python closes, duplicates and reuses descriptors under a watcher's feet, which must not disturb
// those of the engine. Changes reach the kernel once a turn, and a descriptor that nobody watches
// is forgotten only when it wakes the loop: whoever waits for the same thing in every turn costs
// no system call.
//
// Flow    kernel -> [IoSet] -> DueWatchers
class IoSet final : private Watcher {
 public:
  IoSet(Loop& loop, DueWatchers& due) : loop_(loop), due_(due) {}
  ~IoSet();

  void add(IoObject& io);
  void remove(IoObject& io);
  // Before each turn: tells the kernel what changed. Descriptors that it cannot wait for, such as
  // files, are always ready; those that do not exist are ready for an error, and their watchers
  // end.
  void apply();
  bool has_always_ready() const { return always_ready_ > 0; }
  // All that watch the descriptor are due.
  void announce(int fd);
  // In the child of a fork, after Loop::after_fork().
  void after_fork();

 private:
  // What the kernel was told of a descriptor; the place is its number.
  struct Place {
    IoObject* first = nullptr;
    std::uint32_t told = 0;
    std::uint32_t generation = 0;
    bool known = false;  // to the kernel
    bool fresh = false;
    bool changed = false;
    bool always_ready = false;
  };

  void ready(Ready what) override;
  bool open();
  void serve(const epoll_event& event);
  void change(int fd);
  void tell(int fd, std::uint32_t wanted);
  int control(int operation, int fd, std::uint32_t wanted);
  void give_up(int fd);
  void rebuild();

  Loop& loop_;
  DueWatchers& due_;
  int epoll_fd_ = -1;
  Watch watch_;
  std::vector<Place> places_;
  std::vector<int> changed_;
  std::vector<int> always_ready_fds_;
  std::size_t always_ready_ = 0;
  bool stale_ = false;  // the kernel watches what we cannot name any more
  std::array<epoll_event, 128> events_;
};

}  // namespace swarm::python
