#pragma once

#include <string_view>

#include "worker/python/http_arguments.h"
#include "worker/python/http_session.h"

namespace swarm::python {

// A request in the engine's terms. It refers to the arguments, to scratch memory that all messages
// share, and is therefore used up before any Python code runs.
//
// Flow    Arguments -> [Message] -> http::RequestSpec
// Thread  main
class Message {
 public:
  // False: an exception is set.
  bool read(const Session& session, std::string_view method, const Arguments& arguments);

  const http::RequestSpec& spec() const { return spec_; }

 private:
  bool read_body(const Session& session, const Arguments& arguments);
  bool read_headers(const Session& session, PyObject* headers);
  void read_auth(PyObject* auth);
  bool read_timeout(PyObject* timeout);
  bool read_cookies(PyObject* cookies);
  bool brings(std::string_view lower_name) const;

  http::RequestSpec spec_{};
};

// Writes `json` (null: none) for the next message. False: it is for Python's own json, nothing is
// set.
bool write_json(PyObject* json);

}  // namespace swarm::python
