#pragma once

#include <cstddef>
#include <string>

#include "worker/python/python_api.h"

namespace swarm::python {

// Calls the method; a new reference, or nothing: then the exception has been printed.
// Thread  main
template <typename... Arguments>
Ref<> call(const Ref<>& object, const char* method, const char* format, Arguments... arguments) {
  Ref<> result{PyObject_CallMethod(object.get(), method, format, arguments...)};
  if (!result) PyErr_WriteUnraisable(object.get());
  return result;
}

// Its text; what has none in UTF-8 is a question mark.
inline std::string text_or_mark(PyObject* text) {
  Py_ssize_t size = 0;
  const char* const utf8 = PyUnicode_Check(text) ? PyUnicode_AsUTF8AndSize(text, &size) : nullptr;
  if (utf8 != nullptr) return {utf8, static_cast<std::size_t>(size)};
  PyErr_Clear();
  return "?";
}

}  // namespace swarm::python
