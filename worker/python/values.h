#pragma once

#include <string>

#include "common/value.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// What custom messages and Locust's dictionaries carry, as objects of Python, and back: None, bool,
// int, float, str, bytes, list, dict. Tuples travel as lists; dates and whatever else Locust sends,
// as locust.rpc says it.
// Thread  main

// Null: an exception is set; only what a peer made up has no form in Python.
Ref<> to_python(const Value& value);

// False: an exception is set, which names the place of what cannot travel: a TypeError, an
// OverflowError for whole numbers beyond 64 bits, or a ValueError for what is too deep or too
// large.
bool to_value(PyObject* object, Value& value);

// The same of a dict, but for entries that cannot travel: those are left out, and `report` gets the
// exception's text. False: it is no dict, and `value` is unchanged.
bool to_value_leniently(PyObject* dict, Value& value, void (*report)(const std::string& text));

}  // namespace swarm::python
