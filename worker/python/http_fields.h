#pragma once

#include "worker/python/http_response.h"

namespace swarm::python {

// What a scenario can look at in a response, and what it can do with it.
// Thread  main

extern PyGetSetDef response_getters[];
extern PyMethodDef response_methods[];

// The body, decoded, as bytes or None; waits for the rest of a streamed one. New.
PyObject* content_of(Response& response);

// The text, or None. New.
PyObject* text_of(Response& response);

// The encoding that the head names or the scenario has set: a str or None. New.
PyObject* encoding_of(Response& response);

int add_http_fields(PyObject* module);

// Where the first request of the call went. New.
PyObject* reported_url(Response& response);

}  // namespace swarm::python
