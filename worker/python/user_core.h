#pragma once

#include "common/clock.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// When the next request of `user` was due by its plan: the end of its wait, for the first request
// after it; `started` for all others, and for whatever is not a user.
TimePoint UserCore_take_due(PyObject* user, TimePoint started);

}  // namespace swarm::python
