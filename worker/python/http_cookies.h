#pragma once

#include "worker/python/python_api.h"

namespace swarm::python {

// _swarm.CookieJar: the cookies of a session, or those that one response has set, as tuples. The
// Python class makes of them what requests' jars are.
int add_http_cookies(PyObject* module);

}  // namespace swarm::python
