#include <array>
#include <string>
#include <vector>

#include "worker/http/ascii.h"
#include "worker/http/basic_auth.h"
#include "worker/python/host.h"
#include "worker/python/http_headers.h"
#include "worker/python/http_session.h"

// What a scenario may set for all requests of a session: headers, auth, verify.

namespace swarm::python {
namespace {

constexpr std::array kDefaults{http::Header{"User-Agent", http::kUserAgent},
                               http::Header{"Accept-Encoding", "gzip, deflate, br"},
                               http::Header{"Accept", "*/*"},
                               http::Header{"Connection", "keep-alive"}};

bool is_pair(PyObject* auth) { return PyTuple_Check(auth) && PyTuple_GET_SIZE(auth) == 2; }

// The bytes of a header's value as they are sent; `kept` holds them.
bool value_of(PyObject* value, Ref<>& kept, std::string_view& bytes) {
  if (PyBytes_Check(value)) {
    kept = Ref<>::to(value);
  } else if (PyUnicode_Check(value)) {
    kept = Ref<>{PyUnicode_AsLatin1String(value)};
  } else {
    PyErr_Format(PyExc_TypeError, "the value of a header has to be a str or bytes, not %s",
                 Py_TYPE(value)->tp_name);
    return false;
  }
  if (!kept) return false;
  bytes = {PyBytes_AS_STRING(kept.get()), static_cast<std::size_t>(PyBytes_GET_SIZE(kept.get()))};
  return true;
}

bool is_among(std::string_view name, const std::vector<http::Header>& headers) {
  return std::any_of(headers.begin(), headers.end(), [&](const http::Header& header) {
    return http::equals_ignoring_case(header.name, name);
  });
}

// Those of the defaults that are not in the map were taken out of it.
void omit_defaults(Style style, std::vector<http::Header>& headers) {
  for (const http::Header& header : kDefaults) {
    if (is_among(header.name, headers) || header.name == "User-Agent") continue;
    const bool says_none = style == Style::Requests && header.name == "Accept-Encoding";
    headers.push_back({header.name, says_none ? std::string_view("identity") : http::kOmitted});
  }
}

PyObject* get_headers(PyObject* self, void*) {
  Session& session = as<Session>(self);
  if (session.headers != nullptr) return Py_NewRef(session.headers);
  HeaderMap* const map = new_header_map();
  if (map == nullptr) return nullptr;
  const Ref<> owned{object_of(*map)};
  const bool fast = session.state != nullptr && session.state->style == Style::FastHttp;
  for (const http::Header& header : kDefaults) {
    if (fast && (header.name == "Accept" || header.name == "Connection")) continue;
    Ref<> name{PyUnicode_FromStringAndSize(header.name.data(),
                                           static_cast<Py_ssize_t>(header.name.size()))};
    Ref<> value{PyUnicode_FromStringAndSize(header.value.data(),
                                            static_cast<Py_ssize_t>(header.value.size()))};
    if (!name || !value) return nullptr;
    map->items.emplace_back(std::move(name), std::move(value));
  }
  map->version = session.headers_version;  // nothing has changed yet
  session.headers = Py_NewRef(owned.get());
  return Py_NewRef(session.headers);
}

int set_headers(PyObject* self, PyObject* value, void*) {
  Session& session = as<Session>(self);
  HeaderMap* const map = new_header_map();
  if (map == nullptr) return -1;
  Ref<> owned{object_of(*map)};
  if (value != nullptr && value != Py_None) {
    const Ref<> items{PyMapping_Items(value)};
    for (Py_ssize_t at = 0; items && at < PyList_GET_SIZE(items.get()); ++at) {
      PyObject *name = nullptr, *content = nullptr;
      if (!PyArg_ParseTuple(PyList_GET_ITEM(items.get(), at), "OO", &name, &content)) return -1;
      if (PyObject_SetItem(owned.get(), name, content) < 0) return -1;
    }
    if (!items) return -1;
  }
  map->version = session.headers_version + 1;
  Py_XSETREF(session.headers, owned.release());
  return 0;
}

PyObject* get_auth(PyObject* self, void*) {
  PyObject* const auth = as<Session>(self).auth;
  return Py_NewRef(auth == nullptr ? Py_None : auth);
}

// A pair is written once; anything else is called for each request, by _prepare().
int set_auth(PyObject* self, PyObject* value, void*) {
  Session& session = as<Session>(self);
  if (session.state == nullptr) return 0;
  if (value == Py_None) value = nullptr;
  std::string authorization;
  if (value != nullptr && is_pair(value)) {
    std::array<std::string_view, 2> words;
    std::array<Ref<>, 2> kept;
    for (std::size_t at = 0; at < 2; ++at) {
      if (!value_of(PyTuple_GET_ITEM(value, static_cast<Py_ssize_t>(at)), kept[at], words[at])) {
        return -1;
      }
    }
    authorization = http::basic_auth(words[0], words[1]);
  }
  session.state->authorization = std::move(authorization);
  if (session.headers == nullptr && !Ref<>{get_headers(self, nullptr)}) return -1;
  ++as<HeaderMap>(session.headers).version;
  Py_XSETREF(session.auth, Py_XNewRef(value));
  return 0;
}

PyObject* get_verify(PyObject* self, void*) {
  PyObject* const verify = as<Session>(self).verify;
  if (verify != nullptr) return Py_NewRef(verify);
  const Session& session = as<Session>(self);
  return PyBool_FromLong(session.state == nullptr || session.state->style == Style::Requests);
}

int set_verify(PyObject* self, PyObject* value, void*) {
  Session& session = as<Session>(self);
  http::Trust trust = http::Trust::Engine;
  if (value != nullptr && !trust_of(value, trust)) return -1;
  if (session.state != nullptr) session.state->client.set_trust(trust);
  Py_XSETREF(session.verify, Py_XNewRef(value));
  return 0;
}

}  // namespace

bool trust_of(PyObject* verify, http::Trust& trust) {
  if (PyUnicode_Check(verify) && PyUnicode_GET_LENGTH(verify) > 0) {
    const char* const file = PyUnicode_AsUTF8(verify);
    if (file == nullptr) return false;
    const auto known = engine().trust_file(file);
    if (known) {
      trust = *known;
      return true;
    }
    PyErr_Format(PyExc_OSError,
                 "Could not find a suitable TLS CA certificate bundle, invalid path: %s", file);
    return false;
  }
  const int verifies = PyObject_IsTrue(verify);
  if (verifies >= 0) trust = http::trust_if(verifies != 0);
  return verifies >= 0;
}

bool refresh_headers(Session& session) {
  if (session.headers == nullptr) return true;
  HeaderMap& map = as<HeaderMap>(session.headers);
  if (map.version == session.headers_version) return true;
  SessionState& state = *session.state;
  std::vector<http::Header> headers;
  std::vector<Ref<>> kept(map.items.size());
  state.has_content_type = false;
  for (std::size_t at = 0; at < map.items.size(); ++at) {
    const auto& [name, value] = map.items[at];
    if (value.get() == Py_None) continue;
    const char* const field = PyUnicode_AsUTF8(name.get());
    std::string_view bytes;
    if (field == nullptr || !value_of(value.get(), kept[at], bytes)) return false;
    if (!state.authorization.empty() && http::equals_lower(field, "authorization")) continue;
    state.has_content_type = state.has_content_type || http::equals_lower(field, "content-type");
    headers.push_back({field, bytes});
  }
  omit_defaults(state.style, headers);
  if (!state.authorization.empty()) headers.push_back({"Authorization", state.authorization});
  const Result<void> set = state.client.set_headers(headers);
  if (!set) {
    PyErr_SetString(PyExc_ValueError, set.error().message.c_str());
    return false;
  }
  session.headers_version = map.version;
  return true;
}

PyGetSetDef session_settings[] = {
    {"headers", get_headers, set_headers, "of every request", nullptr},
    {"auth", get_auth, set_auth, "of every request: (user, password), or a callable", nullptr},
    {"verify", get_verify, set_verify, "certificates: True, False or a CA file", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

}  // namespace swarm::python
