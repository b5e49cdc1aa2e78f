#include <array>
#include <charconv>
#include <cmath>

#include "worker/python/http_json.h"

namespace swarm::python {
namespace {

// Deeper is refused: Python may refuse it as well, by a limit of its own.
constexpr int kDeepest = 200;

void append_escaped_unit(std::string& out, unsigned unit) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += {'\\',
          'u',
          kDigits[unit >> 12 & 15],
          kDigits[unit >> 8 & 15],
          kDigits[unit >> 4 & 15],
          kDigits[unit & 15]};
}

void append_character(std::string& out, Py_UCS4 c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\b':
      out += "\\b";
      return;
    default:
      break;
  }
  if (c >= ' ' && c < 0x7f) {
    out += static_cast<char>(c);
  } else if (c < 0x10000) {
    append_escaped_unit(out, c);
  } else {
    append_escaped_unit(out, 0xd800 | ((c - 0x10000) >> 10 & 0x3ff));
    append_escaped_unit(out, 0xdc00 | ((c - 0x10000) & 0x3ff));
  }
}

bool is_plain(unsigned char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }

void append_string(std::string& out, PyObject* text) {
  out += '"';
  const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
  if (PyUnicode_IS_ASCII(text)) {
    const auto* const bytes = reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(text));
    Py_ssize_t from = 0;
    for (Py_ssize_t at = 0; at < length; ++at) {
      if (is_plain(static_cast<unsigned char>(bytes[at]))) continue;
      out.append(bytes + from, static_cast<std::size_t>(at - from));
      append_character(out, static_cast<unsigned char>(bytes[at]));
      from = at + 1;
    }
    out.append(bytes + from, static_cast<std::size_t>(length - from));
  } else {
    const int kind = static_cast<int>(PyUnicode_KIND(text));
    const void* const data = PyUnicode_DATA(text);
    for (Py_ssize_t at = 0; at < length; ++at) {
      append_character(out, PyUnicode_READ(kind, data, at));
    }
  }
  out += '"';
}

bool append_int(std::string& out, PyObject* value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) return false;
  std::array<char, 24> digits;
  out.append(digits.data(),
             std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
  return true;
}

bool append_float(std::string& out, PyObject* value) {
  const double number = PyFloat_AS_DOUBLE(value);
  if (!std::isfinite(number)) return false;
  char* const text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
  if (text == nullptr) {
    PyErr_Clear();
    return false;
  }
  out += text;
  PyMem_Free(text);
  return true;
}

bool append(std::string& out, PyObject* value, int depth);

bool append_list(std::string& out, PyObject* list, int depth) {
  out += '[';
  for (Py_ssize_t at = 0; at < PySequence_Fast_GET_SIZE(list); ++at) {
    if (at > 0) out += ", ";
    if (!append(out, PySequence_Fast_GET_ITEM(list, at), depth)) return false;
  }
  out += ']';
  return true;
}

bool append_dict(std::string& out, PyObject* dict, int depth) {
  out += '{';
  bool first = true;
  PyObject *key = nullptr, *value = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(dict, &at, &key, &value) != 0;) {
    if (!PyUnicode_CheckExact(key)) return false;
    if (!first) out += ", ";
    first = false;
    append_string(out, key);
    out += ": ";
    if (!append(out, value, depth)) return false;
  }
  out += '}';
  return true;
}

// No Python code runs in here, so nothing changes while it is looked at.
bool append(std::string& out, PyObject* value, int depth) {
  if (depth > kDeepest) return false;
  if (PyUnicode_CheckExact(value)) {
    append_string(out, value);
    return true;
  }
  if (PyLong_CheckExact(value)) return append_int(out, value);
  if (PyFloat_CheckExact(value)) return append_float(out, value);
  if (PyDict_CheckExact(value)) return append_dict(out, value, depth + 1);
  if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
    return append_list(out, value, depth + 1);
  }
  if (value == Py_None || value == Py_True || value == Py_False) {
    out += value == Py_None ? "null" : value == Py_True ? "true" : "false";
    return true;
  }
  return false;
}

}  // namespace

bool append_json(std::string& out, PyObject* value) {
  const std::size_t before = out.size();
  if (append(out, value, 0)) return true;
  out.resize(before);
  return false;
}

}  // namespace swarm::python
