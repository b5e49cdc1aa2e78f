#pragma once

#include "worker/python/http_response.h"

namespace swarm::python {

// The body of a request with stream=True, which comes while the scenario reads it.
// Thread  main
// Errors  what was thrown into the greenlet, or what requests raises when a body breaks off

// Waits until nothing more comes. False: an exception is set.
bool read_rest(Response& response);

// response._read(size): what has come, at most `size` bytes; waits for a first byte, or for all of
// `size` if the length of the body is known. b"": the end.
PyObject* read_some(PyObject* self, PyObject* size);

// Whether read_some() has something to read: the body is neither there already nor encoded.
bool is_streaming(const Response& response);

}  // namespace swarm::python
