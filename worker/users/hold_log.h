#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"

namespace swarm::worker {

// Tells of tasks that hold the loop, so that all other users wait: a line for each task, at most
// one every kInterval, which says how often it happened since the line before.
//
// Flow    a task's name and how long it held the loop -> [HoldLog] -> a line for the log
// Errors  none
class HoldLog {
 public:
  // What is shorter is the usual work of a turn.
  static constexpr std::chrono::milliseconds kLimit{100};
  static constexpr std::chrono::seconds kInterval{10};

  // None: the task was named a moment ago.
  // REQUIRES: held > kLimit
  std::optional<std::string> note(std::string_view task, Duration held, TimePoint now);

 private:
  struct Task {
    TimePoint told{};
    std::uint64_t untold = 0;  // holds since then
    Duration longest{};        // of the untold ones
  };
  std::map<std::string, Task, std::less<>> tasks_;
};

}  // namespace swarm::worker
