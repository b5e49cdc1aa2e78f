#pragma once

#include "worker/python/python_api.h"

// The parts of the module `_swarm`: each adds its types and functions. Less than zero: an exception
// is set.

namespace swarm::python {

int add_greenlets(PyObject* module);
int add_gevent_loop(PyObject* module);
int add_user_core(PyObject* module);
int add_pauses(PyObject* module);
int add_log(PyObject* module);

int add_host(PyObject* module);
int add_run_functions(PyObject* module);
int add_http(PyObject* module);
int add_entry(PyObject* module);

}  // namespace swarm::python
