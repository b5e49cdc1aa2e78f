#pragma once

#include <chrono>
#include <cstdint>

#include "common/clock.h"

namespace swarm {

// How many events had to wait because the loop was busy or had no processor, and how long. An
// estimate, from how long its turns last and how late it wakes: what comes during a turn is served
// in the next one, and is measured until it is served.
//
// Flow    turns of the loop -> [Lateness] -> WorkerHealth
// Thread  any
// Errors  none
struct Lateness {
  // Who waits longer than this is late.
  static constexpr Duration kLate = std::chrono::milliseconds{1};

  std::uint64_t events = 0;
  double late = 0;         // of events; an expected number
  double late_wait_s = 0;  // of all that are late, together

  // `count` events came evenly during the time `before` in which the loop could not look (0: it was
  // waiting for them), and were served in that order, the last one after `during`.
  void add(std::uint64_t count, Duration before, Duration during);

  double ratio() const { return events == 0 ? 0 : late / static_cast<double>(events); }
  // Of the events that were due during turns so long that one of them may have been late: more than
  // ratio() where they keep step with the turns, as users do that pace themselves alike. In [0, 1].
  double most_ratio() const;
  // Of those that are late.
  Duration mean_wait() const;

  void merge(const Lateness& other) {
    events += other.events;
    late += other.late;
    late_wait_s += other.late_wait_s;
  }

  friend bool operator==(const Lateness&, const Lateness&) = default;
};

}  // namespace swarm
