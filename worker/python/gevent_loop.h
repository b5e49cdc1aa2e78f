#pragma once

#include "common/clock.h"
#include "worker/python/gevent_core.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// gevent's loop as a Python object; the package's class `loop` derives from it.
struct LoopObject {
  PyObject_HEAD GeventCore* core;  // owned
  PyObject* error_handler;         // owned: the hub while it runs the loop, or null
};

bool is_loop(PyObject* object);
// Whether it is the process's loop: 1 or 0.
int is_process_loop(PyObject* object);
// False: the loop was destroyed, an exception is set.
bool check_loop(const LoopObject& loop);

// The argument of a watcher in the place of which its function is told what happened; borrowed.
PyObject* events_marker();

// An instant in seconds since the epoch, as gevent's loops tell the time.
double seconds_of(TimePoint when);

// Null: an exception is set. REQUIRES: the module has the types of the watchers.
PyTypeObject* add_loop_type(PyObject* module);

}  // namespace swarm::python
