#include "worker/python/http_streaming.h"

#include <algorithm>

namespace swarm::python {
namespace {

// The body has broken off: as the class of the response says it.
bool raise_if_failed(Response& response) {
  if (!response.call->failed()) return true;
  const Ref<> raised{PyObject_CallMethod(object_of(response), "_raise", nullptr)};
  if (raised) PyErr_SetString(PyExc_ConnectionError, "the response broke off");
  return false;
}

}  // namespace

bool read_rest(Response& response) {
  Call& call = *response.call;
  while (call.exchange.receiving()) {
    if (!call.wait_for_body()) return false;
  }
  return raise_if_failed(response);
}

bool is_streaming(const Response& response) {
  Call* const call = response.call;
  return call != nullptr && call->streamed && response.content == nullptr &&
         !call->response().encoded;
}

PyObject* read_some(PyObject* self, PyObject* argument) {
  Response& response = as<Response>(self);
  const std::size_t size = PyLong_AsSize_t(argument);
  if (PyErr_Occurred() != nullptr) return nullptr;
  if (!is_streaming(response)) return PyBytes_FromStringAndSize(nullptr, 0);
  Call& call = *response.call;
  http::Buffer& body = call.response().body;
  const bool exactly = call.response().header("content-length").data() != nullptr;
  while (call.exchange.receiving()) {
    const std::size_t there = body.size() - call.taken;
    if (there >= size || (there > 0 && !exactly)) break;
    if (call.taken > 0) {  // so that memory and what may be read ahead stay within their bounds
      http::Buffer rest;
      rest.append(body.view().substr(std::exchange(call.taken, 0)));
      body.swap(rest);
    }
    // A piece larger than what is read ahead: read on for it nevertheless.
    if (!call.wait_for_body()) return nullptr;
  }
  const std::size_t count = std::min(size, body.size() - call.taken);
  if (count == 0 && !raise_if_failed(response)) return nullptr;
  PyObject* const piece =
      PyBytes_FromStringAndSize(body.data() + call.taken, static_cast<Py_ssize_t>(count));
  call.taken += count;
  return piece;
}

}  // namespace swarm::python
