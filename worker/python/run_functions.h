#pragma once

#include <cstdint>

namespace swarm::python {

// The totals of the run are asked for attribute by attribute, and perhaps in every request, where
// making them anew each time would cost more the longer the run is. So what was read last is given
// again while nothing can have changed, or when reading has already cost a twentieth of the time.
// Thread  main
enum class StatsAge : std::uint8_t { Bounded, AlwaysFresh };

// From now on. AlwaysFresh: when no user runs, who would read them all the time.
void set_stats_age(StatsAge age);
// What was read last is out of date.
void forget_stats();
// Something was counted outside of the loop's turns.
void note_stats_change();

}  // namespace swarm::python
