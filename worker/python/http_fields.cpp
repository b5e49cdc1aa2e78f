#include "worker/python/http_fields.h"

#include <datetime.h>

#include <chrono>

#include "worker/python/http_block.h"
#include "worker/python/http_failures.h"
#include "worker/python/http_headers.h"
#include "worker/python/http_json.h"
#include "worker/python/http_report.h"
#include "worker/python/http_session.h"
#include "worker/python/http_streaming.h"

namespace swarm::python {
namespace {

Ref<> latin1(std::string_view text) {
  return Ref<>{PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr)};
}

Ref<> bytes(std::string_view text) {
  return Ref<>{PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()))};
}

Ref<> seconds(Duration time) {
  return Ref<>{PyFloat_FromDouble(std::chrono::duration<double>(time).count())};
}

PyObject* get_status(PyObject* self, void*) {
  const Call* const call = as<Response>(self).call;
  return PyLong_FromLong(call == nullptr ? 0 : call->status());
}

// As the library of that style says it: of requests, whether raise_for_status() would raise; the
// fast client looks at the number alone.
PyObject* get_ok(PyObject* self, void*) {
  const Response& response = as<Response>(self);
  Call* const call = response.call;
  if (call == nullptr) return PyBool_FromLong(0);
  if (call->session.style == Style::FastHttp) return PyBool_FromLong(call->status() < 400);
  return PyBool_FromLong(response.error == nullptr && !call->failed() &&
                         status_failure(*call).empty());
}

PyObject* get_content(PyObject* self, void*) { return content_of(as<Response>(self)); }
PyObject* get_text(PyObject* self, void*) { return text_of(as<Response>(self)); }

PyObject* get_encoding(PyObject* self, void*) {
  Response& response = as<Response>(self);
  // The fast client finds out when the text is asked for.
  const bool fast = response.call != nullptr && response.call->session.style == Style::FastHttp;
  if (fast && response.encoding == nullptr) Py_RETURN_NONE;
  return encoding_of(response);
}

int set_encoding(PyObject* self, PyObject* value, void*) {
  Response& response = as<Response>(self);
  Py_XSETREF(response.encoding, Py_XNewRef(value));
  Py_CLEAR(response.text);
  return 0;
}

PyObject* get_headers(PyObject* self, void*) {
  Response& response = as<Response>(self);
  return response.headers != nullptr ? Py_NewRef(response.headers) : new_response_headers(self);
}

int set_headers(PyObject* self, PyObject* value, void*) {
  show_to_collector(as<Response>(self));
  Py_XSETREF(as<Response>(self).headers, Py_XNewRef(value));
  return 0;
}

PyObject* get_url(PyObject* self, void*) {
  Response& response = as<Response>(self);
  Call* const call = response.call;
  if (call == nullptr) Py_RETURN_NONE;
  if (call->status() == 0) {
    if (call->session.style == Style::Requests) Py_RETURN_NONE;
    return reported_url(response);
  }
  const std::string url = call->exchange.url().to_string();
  return PyUnicode_DecodeUTF8(url.data(), static_cast<Py_ssize_t>(url.size()), "replace");
}

PyObject* get_reason(PyObject* self, void*) {
  Call* const call = as<Response>(self).call;
  if (call == nullptr || call->status() == 0) Py_RETURN_NONE;
  return latin1(call->response().reason()).release();
}

PyObject* get_error(PyObject* self, void*) {
  Response& response = as<Response>(self);
  if (response.error != nullptr) return Py_NewRef(response.error);
  Call* const call = response.call;
  if (call == nullptr) Py_RETURN_NONE;
  const bool bad_status = call->session.style == Style::FastHttp && !status_failure(*call).empty();
  if (!call->failed() && !bad_status) Py_RETURN_NONE;
  show_to_collector(response);
  response.error = PyObject_CallMethod(self, "_new_error", nullptr);
  return Py_XNewRef(response.error);
}

int set_error(PyObject* self, PyObject* value, void*) {
  show_to_collector(as<Response>(self));
  Py_XSETREF(as<Response>(self).error, value == Py_None ? nullptr : Py_XNewRef(value));
  return 0;
}

PyObject* get_elapsed(PyObject* self, void*) {
  const Call* const call = as<Response>(self).call;
  const Duration took =
      call == nullptr ? Duration{} : call->exchange.ended() - call->exchange.hop_started();
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  return PyDelta_FromDSU(0, static_cast<int>(us / 1000000), static_cast<int>(us % 1000000));
}

PyObject* get_meta(PyObject* self, void*) {
  Response& response = as<Response>(self);
  if (response.meta == nullptr) {
    show_to_collector(response);
    response.meta = new_request_meta(response);
    const bool fast = response.call->session.style == Style::FastHttp;
    if (response.meta != nullptr && fast && response.verdict == nullptr) {
      const Ref<> exception{reported_exception(response)};
      if (!exception || PyDict_SetItemString(response.meta, "exception", exception.get()) < 0) {
        return nullptr;
      }
    }
  }
  return Py_XNewRef(response.meta);
}

PyObject* get_streaming(PyObject* self, void*) {
  return PyBool_FromLong(is_streaming(as<Response>(self)));
}

PyObject* loads(PyObject* self, PyObject* args, PyObject* kwargs) {
  Response& response = as<Response>(self);
  const bool plain = PyTuple_GET_SIZE(args) == 0 && (kwargs == nullptr || PyDict_Size(kwargs) == 0);
  if (plain) {
    bool refused = false;
    PyObject* const value = json_of(response, refused);
    if (!refused) return value;
  }
  const Ref<> method{PyObject_GetAttrString(self, "_json")};
  return method ? PyObject_Call(method.get(), args, kwargs) : nullptr;
}

// What went over the wire last: method, URL, head, body.
PyObject* sent(PyObject* self, PyObject*) {
  Call* const call = as<Response>(self).call;
  if (call == nullptr) Py_RETURN_NONE;
  const std::string_view text = call->exchange.request();
  const std::size_t body = text.find("\r\n\r\n");
  if (body == std::string_view::npos) Py_RETURN_NONE;
  const std::string url = call->exchange.url().to_string();
  return Py_BuildValue("NNNN", latin1(text.substr(0, text.find(' '))).release(),
                       latin1(url).release(), latin1(text.substr(0, body)).release(),
                       bytes(text.substr(body + 4)).release());
}

// [(url, method, status, head, seconds)] of the redirects that were followed.
PyObject* hops(PyObject* self, PyObject*) {
  Call* const call = as<Response>(self).call;
  Ref<> list{PyList_New(0)};
  if (!list || call == nullptr) return list.release();
  for (const http::Hop& hop : call->exchange.history()) {
    const Ref<> item{Py_BuildValue("NNiNN", latin1(hop.url).release(), latin1(hop.method).release(),
                                   hop.status, latin1(hop.head).release(),
                                   seconds(hop.took).release())};
    if (!item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
  }
  return list.release();
}

// What _new_error() makes an exception of: what failed, the text of the report, where and how.
PyObject* failure(PyObject* self, PyObject*) {
  Call* const call = as<Response>(self).call;
  if (call == nullptr) Py_RETURN_NONE;
  const http::Exchange& exchange = call->exchange;
  const http::Origin& origin = exchange.url().origin();
  const std::string text = call->failed() ? transport_failure(*call) : status_failure(*call);
  return Py_BuildValue(
      "sNNiNNNNNKK", failure_kind(*call), latin1(text).release(), latin1(origin.host).release(),
      int{origin.port}, PyBool_FromLong(origin.tls()), latin1(exchange.url().target()).release(),
      seconds(exchange.connect_timeout()).release(), seconds(exchange.read_timeout()).release(),
      latin1(failure_detail(*call)).release(), static_cast<unsigned long long>(exchange.missing()),
      static_cast<unsigned long long>(received_of_body(*call)));
}

PyObject* reported_name(PyObject* self, void*) {
  const Call* const call = as<Response>(self).call;
  if (call == nullptr) Py_RETURN_NONE;
  return PyUnicode_DecodeUTF8(call->name.data(), static_cast<Py_ssize_t>(call->name.size()),
                              "replace");
}

}  // namespace

PyObject* reported_url(Response& response) {
  Call& call = *response.call;
  if (call.session.style == Style::FastHttp) return session_url(response.session, response.url);
  const auto hops = call.exchange.history();
  const std::string url = hops.empty() ? call.exchange.url().to_string() : hops.front().url;
  return PyUnicode_DecodeUTF8(url.data(), static_cast<Py_ssize_t>(url.size()), "replace");
}

int add_http_fields(PyObject*) {
  PyDateTime_IMPORT;
  return PyDateTimeAPI == nullptr ? -1 : 0;
}

PyGetSetDef response_getters[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {"status_code", get_status, nullptr, "0: there is no response", nullptr},
    {"ok", get_ok, nullptr, "whether the status is no failure", nullptr},
    {"content", get_content, nullptr, "the body as bytes", nullptr},
    {"text", get_text, nullptr, "the body as str", nullptr},
    {"encoding", get_encoding, set_encoding, "of the text", nullptr},
    {"headers", get_headers, set_headers, "whatever the case of their names", nullptr},
    {"url", get_url, nullptr, "who answered", nullptr},
    {"reason", get_reason, nullptr, "the words after the status", nullptr},
    {"error", get_error, set_error, "why there is no response", nullptr},
    {"elapsed", get_elapsed, nullptr, "from the request to the response", nullptr},
    {"request_meta", get_meta, nullptr, "what will be reported", nullptr},
    {"_streaming", get_streaming, nullptr, nullptr, nullptr},
    {"_name", reported_name, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMethodDef response_methods[] = {
    {"json", method(loads), METH_VARARGS | METH_KEYWORDS, "The body's JSON as Python objects."},
    {"success", block_success, METH_NOARGS, "The request counts as a success."},
    {"failure", block_failure, METH_O, "The request counts as a failure, for that reason."},
    {"raise_for_status", raise_for_status, METH_NOARGS, "Raises what the request failed with."},
    {"__enter__", block_enter, METH_NOARGS, nullptr},
    {"__exit__", method(block_exit), METH_FASTCALL, nullptr},
    {"_read", read_some, METH_O, nullptr},
    {"_sent", sent, METH_NOARGS, nullptr},
    {"_hops", hops, METH_NOARGS, nullptr},
    {"_failure", failure, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace swarm::python
