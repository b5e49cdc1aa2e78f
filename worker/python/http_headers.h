#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "worker/python/python_api.h"

namespace swarm::python {

// The headers that a session sends with every request, as its scenario sees them: names whatever
// their case, in the order in which they came. The Python class adds what mappings have besides.
struct HeaderMap {
  using Item = std::pair<Ref<>, Ref<>>;  // str, and whatever was given as value

  PyObject_HEAD std::vector<Item> items;
  std::uint64_t version;  // another one after each change
};

// Whether two names of headers are the same, whatever their case. REQUIRES: both are str.
bool same_header(PyObject* a, PyObject* b);

// The class of a session's headers that is in use: HeaderMap, or a class derived from it.
HeaderMap* new_header_map();
void use_header_map(PyTypeObject* type);

// What `response.headers` is: looks into the head of the response, and copies what it is asked for.
struct ResponseHeaders {
  PyObject_HEAD PyObject* response;
};

PyObject* new_response_headers(PyObject* response);
void use_response_headers(PyTypeObject* type);

int add_http_headers(PyObject* module);
int add_http_response_headers(PyObject* module);

}  // namespace swarm::python
