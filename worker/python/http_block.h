#pragma once

#include "worker/python/python_api.h"

namespace swarm::python {

// The block of `with client.get(..., catch_response=True) as response:`, in which the scenario
// says whether the request succeeded. Methods of Response.
//
// What the block ends with decides: a verdict, if there was one (the last one); else a
// ResponseError is a failure and goes no further, and without any exception the status decides.
// Another exception leaves the request unreported, and goes on.
PyObject* block_enter(PyObject* self, PyObject*);
PyObject* block_exit(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* block_success(PyObject* self, PyObject*);
PyObject* block_failure(PyObject* self, PyObject* error);

// response.raise_for_status(), which knows of the verdict.
PyObject* raise_for_status(PyObject* self, PyObject*);

}  // namespace swarm::python
