#pragma once

#include <array>
#include <functional>
#include <thread>

#include "common/loop.h"

namespace swarm {

// SIGINT and SIGTERM, from now until it is destroyed: they end no process, but are told. Afterwards
// SIGINT ends it as ever, while SIGTERM does nothing: a process that is about to end keeps its exit
// code, also where something ends all processes of a group as soon as the first has gone.
// Thread  loop; one at a time in a process
// Errors  throws std::system_error without descriptors
class Signals final : private Watcher {
 public:
  // How long the loop may take to see a signal before somebody is believed to hold it.
  static constexpr std::chrono::seconds kPatience{2};

  // `received` is called on the loop, for each signal. `stuck` is called on a thread of its own
  // when a signal has waited for `patience`, and again for each that comes while it still waits.
  Signals(Loop& loop, std::function<void(int signal)> received, std::function<void()> stuck,
          std::chrono::milliseconds patience = kPatience);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  using Pipe = std::array<int, 2>;  // to read, to write
  void ready(Ready what) override;
  void watch_over();

  const std::function<void(int)> received_;
  const std::function<void()> stuck_;
  const std::chrono::milliseconds patience_;
  Pipe to_loop_{};
  Pipe to_thread_{};
  Watch watch_;
  std::thread thread_;
};

// The first process of a container is deaf to signals that nobody handles. From now until there are
// Signals, those that end any other process end this one as well, with the code that shells give
// them. Elsewhere it does nothing.
void end_by_signals_as_first_process();

}  // namespace swarm
