#pragma once

#include "worker/python/http_call.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// What a request returns, and what its scenario says of it. Everything that can be looked at is
// made when it is first looked at.
//
// The Python classes of both clients derive from it; they add what is seldom used, and no state.
// Thread  main
// Errors  as Python's; a request that failed is a response whose status is 0
struct Response {
  PyObject_HEAD Call* call;  // null: nothing was sent, `error` says why
  PyObject* attributes;      // __dict__, made when the scenario sets one
  PyObject* weak_references;
  PyObject* session;  // null once it was reported
  PyObject* url;      // as given
  PyObject* context;  // null: none was given
  PyObject* meta;     // request_meta, once somebody has looked at it
  PyObject* content;  // null as the three after it: nobody has asked yet
  PyObject* text;
  PyObject* encoding;
  PyObject* headers;  // set by the scenario
  PyObject* error;    // of raise_for_status()
  PyObject* verdict;  // what failure() was given; True after success()
  bool catches;       // of a request with catch_response=True
  bool entered;       // its block
  bool reported;
};

// The classes of a style: what a request returns, and what one with catch_response=True does.
struct ResponseTypes {
  PyTypeObject* plain = nullptr;
  PyTypeObject* caught = nullptr;
};
ResponseTypes& response_types(Style style);

// Takes over the call, whose stage is Complete. Null: an exception is set.
Response* new_response(PyTypeObject* type, PyObject* session, Call* call);

// To be called before it refers to what the scenario made.
void show_to_collector(Response& response);

int add_http_response(PyObject* module);

}  // namespace swarm::python
