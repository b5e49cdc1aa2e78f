#pragma once

#include <string>
#include <string_view>

#include "worker/python/http_response.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// JSON to Python's objects and back, without Python's json where the result is the same. What is
// refused here is for Python's json: its results, its errors and their texts are those of Locust.
// Thread  main

// The value, new, or null. `padding` bytes after the text may be read: at least kJsonPadding.
// `refused`: not for us, nothing is set; null without it: an exception is set.
PyObject* json_from(std::string_view padded_text, bool& refused);
extern const std::size_t kJsonPadding;

// The body of a response, if that is UTF-8.
PyObject* json_of(Response& response, bool& refused);

// Appends what json.dumps(value) returns. False: refused, nothing is set, `out` is as it was.
bool append_json(std::string& out, PyObject* value);

// Adds _swarm.json_loads.
int add_http_json(PyObject* module);

}  // namespace swarm::python
