#pragma once

#include "common/clock.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// Who has the loop for how long: greenlets that hold it are named in the log, see HoldLog. The cost
// is one reading of the clock a switch; names are looked up only for those that took too long.
// Thread  main

// From `now` on, whatever runs is what hub_has_loop() will be told of.
void hub_gives_loop(TimePoint now);
// The hub runs again, after `greenlet`, or a callback if that is null.
void hub_has_loop(PyObject* greenlet);
// A task of the present greenlet is over: what it took is not the next one's.
void task_is_over(TimePoint now);

// The greenlet that a function will switch to when the hub calls it with `args` (null: none); null
// if that cannot be told. To be asked before the call.
Ref<> greenlet_behind(PyObject* function, PyObject* args);

}  // namespace swarm::python
