#include "worker/python/http_message.h"

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "worker/http/ascii.h"
#include "worker/http/basic_auth.h"
#include "worker/python/http_json.h"

namespace swarm::python {
namespace {

using http::equals_lower;

// Of the message that is being written: one at a time, on one thread. Kept, so that nothing is
// allocated for a request.
struct Scratch {
  std::vector<http::Header> headers;
  std::vector<http::Cookie> cookies;
  std::string method;
  std::string json;
  std::string authorization;
};
Scratch scratch;

std::string_view bytes_of(PyObject* text) {
  if (PyBytes_Check(text)) {
    return {PyBytes_AS_STRING(text), static_cast<std::size_t>(PyBytes_GET_SIZE(text))};
  }
  Py_ssize_t size = 0;
  const char* const bytes = PyUnicode_AsUTF8AndSize(text, &size);
  return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(size)};
}

bool read_seconds(PyObject* value, Duration& time) {
  if (value == Py_None) {
    time = kForever;
    return true;
  }
  const double seconds = PyFloat_AsDouble(value);
  if (seconds == -1 && PyErr_Occurred() != nullptr) {
    PyErr_Format(PyExc_ValueError,
                 "Timeout value connect was %R, but it must be an int, float or None.", value);
    return false;
  }
  if (!(seconds > 0)) {
    PyErr_Format(PyExc_ValueError,
                 "Attempted to set connect timeout to %R, but the timeout cannot be set to a value "
                 "less than or equal to 0.",
                 value);
    return false;
  }
  const double most = std::chrono::duration<double>(kForever).count();
  time =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, most)));
  return true;
}

// HTTP's methods are written in capitals, however the scenario writes them.
std::string_view in_capitals(std::string_view method) {
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  if (std::none_of(method.begin(), method.end(), is_small)) return method;
  scratch.method.clear();
  for (const char c : method) scratch.method += is_small(c) ? static_cast<char>(c - 32) : c;
  return scratch.method;
}

}  // namespace

bool write_json(PyObject* json) {
  scratch.json.clear();
  return json == nullptr || append_json(scratch.json, json);
}

bool Message::read(const Session& session, std::string_view method, const Arguments& arguments) {
  scratch.headers.clear();
  spec_.method = in_capitals(method);
  spec_.url = bytes_of(arguments.get(Argument::Url));
  const int redirects = arguments.is_true(Argument::AllowRedirects, true);
  const int stream = arguments.is_true(Argument::Stream, false);
  if (redirects < 0 || stream < 0) return false;
  spec_.allow_redirects = redirects != 0;
  spec_.stream = stream != 0;
  if (PyObject* const verify = arguments.get(Argument::Verify)) {
    http::Trust trust{};
    if (!trust_of(verify, trust)) return false;
    spec_.trust = trust;
  }
  read_auth(arguments.get(Argument::Auth));
  if (!read_timeout(arguments.get(Argument::Timeout)) ||
      !read_headers(session, arguments.get(Argument::Headers)) ||
      !read_cookies(arguments.get(Argument::Cookies))) {
    return false;
  }
  return read_body(session, arguments) && PyErr_Occurred() == nullptr;
}

bool Message::read_timeout(PyObject* timeout) {
  if (timeout == nullptr) return true;
  if (!PyTuple_Check(timeout)) {
    if (!read_seconds(timeout, spec_.read_timeout)) return false;
    spec_.connect_timeout = spec_.read_timeout;
    return true;
  }
  if (PyTuple_GET_SIZE(timeout) != 2) {
    PyErr_Format(PyExc_ValueError,
                 "Invalid timeout %R. Pass a (connect, read) timeout tuple, or a single float to "
                 "set both timeouts to the same value.",
                 timeout);
    return false;
  }
  return read_seconds(PyTuple_GET_ITEM(timeout, 0), spec_.connect_timeout) &&
         read_seconds(PyTuple_GET_ITEM(timeout, 1), spec_.read_timeout);
}

// An auth wins over an Authorization among the headers, the request's over the session's.
void Message::read_auth(PyObject* auth) {
  if (auth == nullptr) return;
  scratch.authorization =
      http::basic_auth(bytes_of(PyTuple_GET_ITEM(auth, 0)), bytes_of(PyTuple_GET_ITEM(auth, 1)));
  scratch.headers.push_back({"Authorization", scratch.authorization});
}

bool Message::read_headers(const Session& session, PyObject* headers) {
  if (headers == nullptr) return true;
  const bool has_auth = !scratch.headers.empty() || !session.state->authorization.empty();
  PyObject *name = nullptr, *value = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(headers, &at, &name, &value) != 0;) {
    const std::string_view field = bytes_of(name);
    if (has_auth && equals_lower(field, "authorization")) continue;
    if (value != Py_None) {
      scratch.headers.push_back({field, bytes_of(value)});
    } else if (equals_lower(field, "accept-encoding")) {
      scratch.headers.push_back({field, "identity"});  // as urllib3, to say "nothing"
    } else if (!equals_lower(field, "user-agent") && !equals_lower(field, "host")) {
      scratch.headers.push_back({field, http::kOmitted});
    }
  }
  return true;
}

bool Message::read_cookies(PyObject* cookies) {
  scratch.cookies.clear();
  if (cookies == nullptr) return true;
  const Ref<> pairs{PySequence_Fast(cookies, "_cookies is a list of pairs")};
  if (!pairs) return false;
  for (Py_ssize_t at = 0; at < PySequence_Fast_GET_SIZE(pairs.get()); ++at) {
    const char *name = nullptr, *value = nullptr;
    if (!PyArg_ParseTuple(PySequence_Fast_GET_ITEM(pairs.get(), at), "ss", &name, &value)) {
      return false;
    }
    scratch.cookies.push_back({.name = name, .value = value, .domain = {}});
  }
  spec_.cookies = scratch.cookies;
  return true;
}

bool Message::brings(std::string_view lower_name) const {
  return std::any_of(scratch.headers.begin(), scratch.headers.end(), [&](const auto& header) {
    return header.value.data() != nullptr && equals_lower(header.name, lower_name);
  });
}

bool Message::read_body(const Session& session, const Arguments& arguments) {
  PyObject* const data = arguments.get(Argument::Data);
  if (data != nullptr) spec_.body = bytes_of(data);
  const bool is_json = spec_.body.empty() && arguments.get(Argument::Json) != nullptr;
  if (is_json) spec_.body = scratch.json;
  const bool fast = session.state->style == Style::FastHttp;
  if (is_json) {
    // The fast client asks only what the request itself brings.
    const bool typed = brings("content-type") || (!fast && session.state->has_content_type);
    if (!typed) scratch.headers.push_back({"Content-Type", "application/json"});
    if (fast && !brings("accept")) scratch.headers.push_back({"Accept", "application/json"});
  } else if (fast && !spec_.body.empty() && !brings("content-type") &&
             !session.state->has_content_type) {
    scratch.headers.push_back({"Content-Type", PyUnicode_Check(data) != 0
                                                   ? "text/plain; charset=utf-8"
                                                   : "application/octet-stream"});
  }
  spec_.headers = scratch.headers;
  return true;
}

}  // namespace swarm::python
