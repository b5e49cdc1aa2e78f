#pragma once

#include <cstdint>

#include "worker/python/http_call.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// The client of a user, or one that a scenario made for itself: what HttpSession and
// FastHttpSession derive from.
// Thread  main; in another thread each request is refused with one exception
struct Session {
  PyObject_HEAD SessionState* state;  // null: not initialised, or the base URL is none
  PyObject* base_url;                 // str, without user and password
  PyObject* user;  // a weak reference, or the user itself if it takes none; null: none
  PyObject* request_name;
  PyObject* headers;              // a HeaderMap; null: as the style has them
  PyObject* auth;                 // as the scenario has set it; null: none
  PyObject* verify;               // the same
  PyObject* own_listener;         // callable; null: the listener of all sessions
  std::uint64_t headers_version;  // that the client knows
  bool prepares;                  // every request goes through _prepare()
  bool overridden;  // its class has a request() of its own, which get() and so on call
};

// What `events.request` gets as context: the user's, and what the request was given. New.
PyObject* session_context(PyObject* session, PyObject* context);

// Whose client it is; null: nobody's, or somebody who is gone. Borrowed.
PyObject* user_of(const Session& session);

// Who is told of this session's requests alone; null: nobody. Borrowed.
PyObject* own_listener(PyObject* session);

// The URL that `url` stands for, as written. New.
PyObject* session_url(PyObject* session, PyObject* url);

// The settings that a scenario may change: headers, auth, verify.
extern PyGetSetDef session_settings[];

// Brings the headers of all requests up to date. False: an exception is set.
bool refresh_headers(Session& session);

// Where "verify" leads: True, False or the path of a CA file. False: an exception is set.
bool trust_of(PyObject* verify, http::Trust& trust);

int add_http_session(PyObject* module);

}  // namespace swarm::python
