#pragma once

#include "worker/python/python_api.h"

namespace swarm::python {

// The methods of a session that make a request: request(), get(), post() and so on.
extern PyMethodDef session_requests[];

}  // namespace swarm::python
