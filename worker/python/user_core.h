#pragma once

#include <array>

#include "common/clock.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// When the next request of `user` was due by its plan: the end of its wait, for the first request
// after it; `started` for all others, and for whatever is not a user.
TimePoint UserCore_take_due(PyObject* user, TimePoint started);

// Memory that a user touches with every request, for Parked::touched: its own, and that of the task
// set that it runs. Of whatever is not a user, nothing.
using Touched = std::array<const void*, 4>;
Touched UserCore_touched(PyObject* user);

}  // namespace swarm::python
