#pragma once

#include <cstddef>
#include <string>
#include <vector>

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

// Those of a list; none if it is null.
inline std::vector<std::string> texts_in(PyObject* list) {
  std::vector<std::string> texts;
  for (Py_ssize_t i = 0; list != nullptr && i < PyList_Size(list); ++i) {
    texts.push_back(text_or_mark(PyList_GetItem(list, i)));
  }
  return texts;
}

}  // namespace swarm::python
