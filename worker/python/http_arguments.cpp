#include "worker/python/http_arguments.h"

#include <algorithm>

namespace swarm::python {
namespace {

constexpr std::array kNames = {"method",  "url",    "name",    "catch_response", "headers",
                               "json",    "data",   "context", "timeout",        "allow_redirects",
                               "verify",  "stream", "auth",    "_cookies",       "_hooks",
                               "_refused"};
static_assert(kNames.size() == kArguments);

// Interned, as the names in calls are: comparing pointers finds them.
std::array<PyObject*, kArguments> names;

std::size_t find(PyObject* name) {
  const auto same = std::find(names.begin(), names.end(), name);
  if (same != names.end()) return static_cast<std::size_t>(same - names.begin());
  const auto equal = std::find_if(names.begin(), names.end(), [&](PyObject* known) {
    return PyUnicode_Compare(known, name) == 0;
  });
  return static_cast<std::size_t>(equal - names.begin());
}

bool is_plain_text(PyObject* value) {
  return PyUnicode_CheckExact(value) || PyBytes_CheckExact(value);
}

bool is_plain_pair(PyObject* value) {
  return PyTuple_CheckExact(value) && PyTuple_GET_SIZE(value) == 2 &&
         PyUnicode_CheckExact(PyTuple_GET_ITEM(value, 0)) &&
         PyUnicode_CheckExact(PyTuple_GET_ITEM(value, 1)) &&
         PyUnicode_IS_ASCII(PyTuple_GET_ITEM(value, 0)) &&
         PyUnicode_IS_ASCII(PyTuple_GET_ITEM(value, 1));
}

bool is_plain_headers(PyObject* headers) {
  if (!PyDict_CheckExact(headers)) return false;
  PyObject *name = nullptr, *value = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(headers, &at, &name, &value) != 0;) {
    if (!PyUnicode_CheckExact(name) || !PyUnicode_IS_ASCII(name)) return false;
    if (value != Py_None && !PyBytes_CheckExact(value) &&
        !(PyUnicode_CheckExact(value) && PyUnicode_IS_ASCII(value))) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool Arguments::take(PyObject* name, PyObject* value) {
  const std::size_t place = find(name);
  if (place == kArguments) {
    others_ = others_ || value != Py_None;
    return true;
  }
  if (values_[place] != nullptr) {
    PyErr_Format(PyExc_TypeError, "request() got multiple values for argument '%U'", name);
    return false;
  }
  if (value != Py_None) values_[place] = value;
  return true;
}

bool Arguments::read(const Argument* places, std::size_t place_count, PyObject* const* args,
                     Py_ssize_t count, PyObject* given_names) {
  if (static_cast<std::size_t>(count) > place_count) {
    PyErr_Format(PyExc_TypeError,
                 "request() takes at most %zu arguments without a name but %zd were given",
                 place_count, count);
    return false;
  }
  for (Py_ssize_t at = 0; at < count; ++at) {
    if (args[at] != Py_None) values_[static_cast<std::size_t>(places[at])] = args[at];
  }
  const Py_ssize_t named = given_names == nullptr ? 0 : PyTuple_GET_SIZE(given_names);
  for (Py_ssize_t at = 0; at < named; ++at) {
    if (!take(PyTuple_GET_ITEM(given_names, at), args[count + at])) return false;
  }
  if (get(Argument::Url) != nullptr) return true;
  PyErr_SetString(PyExc_TypeError, "request() missing 1 required positional argument: 'url'");
  return false;
}

bool Arguments::read(PyObject* dict) {
  *this = {};
  PyObject *name = nullptr, *value = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(dict, &at, &name, &value) != 0;) {
    if (!take(name, value)) return false;
  }
  return true;
}

int Arguments::is_true(Argument argument, bool otherwise) const {
  PyObject* const value = get(argument);
  return value == nullptr ? otherwise : PyObject_IsTrue(value);
}

bool Arguments::wants_preparation() const {
  const auto is = [this](Argument argument, auto&& plain) {
    PyObject* const value = get(argument);
    return value == nullptr || plain(value);
  };
  return others_ || !is(Argument::Url, [](PyObject* o) { return PyUnicode_CheckExact(o); }) ||
         !is(Argument::Headers, is_plain_headers) || !is(Argument::Data, is_plain_text) ||
         !is(Argument::Auth, is_plain_pair);
}

PyObject* Arguments::as_dict(PyObject* const* args, Py_ssize_t count, PyObject* given_names) const {
  Ref<> dict{PyDict_New()};
  if (!dict) return nullptr;
  for (std::size_t at = 0; at < kArguments; ++at) {
    if (values_[at] == nullptr || at == static_cast<std::size_t>(Argument::Method)) continue;
    if (PyDict_SetItem(dict.get(), names[at], values_[at]) < 0) return nullptr;
  }
  const Py_ssize_t named = given_names == nullptr ? 0 : PyTuple_GET_SIZE(given_names);
  for (Py_ssize_t at = 0; at < named; ++at) {
    PyObject* const name = PyTuple_GET_ITEM(given_names, at);
    if (find(name) != kArguments) continue;
    if (PyDict_SetItem(dict.get(), name, args[count + at]) < 0) return nullptr;
  }
  return dict.release();
}

int add_http_arguments() {
  for (std::size_t at = 0; at < kArguments; ++at) {
    names[at] = PyUnicode_InternFromString(kNames[at]);
    if (names[at] == nullptr) return -1;
  }
  return 0;
}

}  // namespace swarm::python
