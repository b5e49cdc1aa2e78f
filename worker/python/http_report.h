#pragma once

#include "worker/python/http_response.h"

namespace swarm::python {

// How a request is reported: counted by the engine, then told to whoever listens.
//
// Flow    Response -> [report] -> ScenarioHost::record, listener
// Thread  main

// Once for each response; what comes later is nothing. False: the listener has raised.
bool report(Response& response);

// The dict that listeners get as keyword arguments; the scenario may change it in the block. Its
// "exception" is that of the status. New.
PyObject* new_request_meta(Response& response);

// The exception that the request is reported with, None if it succeeded. New.
PyObject* reported_exception(Response& response);

// What failure("reason") stands for. New.
PyObject* new_catch_response_error(PyObject* reason);

// An exception, or the text that failure() was given, as the report has it. Never fails: an
// exception without a repr is called by its type.
std::string failure_text_of(PyObject* error);

// _swarm.set_request_listener
PyObject* set_request_listener(PyObject* module, PyObject* notify);

}  // namespace swarm::python
