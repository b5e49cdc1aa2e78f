#pragma once

#include <algorithm>
#include <cstdint>

#include "common/clock.h"
#include "common/lateness.h"

namespace swarm {

// How a worker fared during the time that a report covers: what tells whether it measured the
// target or itself.
// Units   counts of descriptors and bytes as they are at the end of that time
struct WorkerHealth {
  Duration wall{};          // that was observed; 0: nothing is known
  Duration loop_busy{};     // CPU time of the loop's thread, of wall
  Duration longest_turn{};  // of the loop; nothing else was served while it lasted
  Lateness lateness{};      // of what is timed when the loop is told of it
  std::uint64_t descriptors_used = 0;
  std::uint64_t descriptors_limit = 0;   // 0: unknown
  std::uint64_t connections_opened = 0;  // since the run started, not since the last report
  std::uint64_t bytes_memory = 0;        // resident

  double loop_busy_ratio() const {
    if (wall <= Duration::zero()) return 0;
    return std::clamp(static_cast<double>(loop_busy.count()) / static_cast<double>(wall.count()),
                      0.0, 1.0);
  }

  // Adds the time that followed.
  void extend(const WorkerHealth& later) {
    const WorkerHealth before = *this;
    *this = later;
    wall = saturating_sum(wall, before.wall);
    loop_busy = saturating_sum(loop_busy, before.loop_busy);
    longest_turn = std::max(longest_turn, before.longest_turn);
    lateness.merge(before.lateness);
  }

  friend bool operator==(const WorkerHealth&, const WorkerHealth&) = default;
};

}  // namespace swarm
