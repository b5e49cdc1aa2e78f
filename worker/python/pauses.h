#pragma once

#include "common/clock.h"

namespace swarm::python {

// `seconds` as a duration, with what no clock can count (endless, not a number) brought within
// bounds. Units: seconds, negative is negative.
Duration duration_of(double seconds);

// Parks the current greenlet until `when`. False: an exception is set.
bool pause_until(TimePoint when);
// Parks it until the next turn of the loop.
bool pause_for_a_turn();

}  // namespace swarm::python
