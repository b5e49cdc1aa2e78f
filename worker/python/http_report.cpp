#include "worker/python/http_report.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "common/scenario.h"
#include "worker/python/host.h"
#include "worker/python/http_failures.h"
#include "worker/python/http_fields.h"
#include "worker/python/http_session.h"

namespace swarm::python {
namespace {

PyObject* listener = nullptr;

double epoch_seconds(TimePoint when) {
  const auto ago = read_clock() - when;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(wall).count() - std::chrono::duration<double>(ago).count();
}

// The names of what listeners get, made once.
struct Names {
  PyObject* request_type = PyUnicode_InternFromString("request_type");
  PyObject* response_time = PyUnicode_InternFromString("response_time");
  PyObject* name = PyUnicode_InternFromString("name");
  PyObject* context = PyUnicode_InternFromString("context");
  PyObject* response = PyUnicode_InternFromString("response");
  PyObject* exception = PyUnicode_InternFromString("exception");
  PyObject* start_time = PyUnicode_InternFromString("start_time");
  PyObject* url = PyUnicode_InternFromString("url");
  PyObject* response_length = PyUnicode_InternFromString("response_length");
};
const Names& names() {
  static const Names made;
  return made;
}

bool put(PyObject* dict, PyObject* name, const Ref<>& value) {
  return value && PyDict_SetItem(dict, name, value.get()) == 0;
}

Ref<> str_of(std::string_view text) {
  return Ref<>{PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace")};
}

// "object at 0x7f...": a failure is one failure wherever the object was.
void hide_addresses(std::string& text) {
  constexpr std::string_view kBefore = "object at 0x";
  for (std::size_t at = text.find(kBefore); at != std::string::npos; at = text.find(kBefore, at)) {
    at += kBefore.size();
    const std::size_t end = std::min(text.find_first_not_of("0123456789abcdef", at), text.size());
    text.replace(at, end - at, "....");
  }
}

void count_verdict(Response& response) {
  Call& call = *response.call;
  if (response.verdict == nullptr) {
    call.verdict = Call::Verdict::ByStatus;
    // Something else than what came failed: a header that cannot be sent.
    if (call.unsent && response.error != nullptr) {
      call.verdict = Call::Verdict::Failure;
      call.reason = failure_text_of(response.error);
    }
  } else if (response.verdict == Py_True) {
    call.verdict = Call::Verdict::Success;
  } else {
    call.verdict = Call::Verdict::Failure;
    call.reason = failure_text_of(response.verdict);
  }
  call.record();
}

// What the scenario has left in the meta; `otherwise` if it is of no use.
std::string text_in(PyObject* meta, PyObject* name, const std::string& otherwise) {
  PyObject* const value = PyDict_GetItem(meta, name);
  const Ref<> str{value == nullptr ? nullptr : PyObject_Str(value)};
  const char* const bytes = str ? PyUnicode_AsUTF8(str.get()) : nullptr;
  PyErr_Clear();
  return bytes == nullptr ? otherwise : std::string(bytes);
}

double number_in(PyObject* meta, PyObject* name, double otherwise) {
  PyObject* const value = PyDict_GetItem(meta, name);
  const double found = value == nullptr ? -1 : PyFloat_AsDouble(value);
  PyErr_Clear();
  return found < 0 ? otherwise : found;
}

// Somebody has looked at the meta, and may have changed it.
void count_by_meta(Response& response) {
  Call& call = *response.call;
  ScenarioHost* const host = python::host();
  if (host == nullptr || http::is_generators(call.response().failure)) return call.record();
  call.stage = Call::Stage::Counted;
  PyObject* const meta = response.meta;
  const std::string method = text_in(meta, names().request_type, call.method);
  const std::string name = text_in(meta, names().name, call.name);
  const auto length = static_cast<double>(call.length());
  const std::chrono::duration<double, std::milli> took(
      number_in(meta, names().response_time, call.elapsed_ms()));
  PyObject* const exception = PyDict_GetItem(meta, names().exception);
  const bool failed = exception != nullptr && PyObject_IsTrue(exception) != 0;
  call.reason = failed ? failure_text_of(exception) : std::string();
  SeenExchange seen;
  host->record({.endpoint = host->endpoint(method, name),
                .due = call.due,
                .started = call.started,
                .ended = call.started + std::chrono::duration_cast<Duration>(took),
                .bytes_received =
                    static_cast<std::uint64_t>(number_in(meta, names().response_length, length)),
                .exchange = seen.of(call),
                .error = call.reason});
}

// What the block's end decides about "exception"; what the scenario wrote there stands if nothing
// else failed.
bool settle_meta(Response& response) {
  const Ref<> exception{reported_exception(response)};
  if (!exception) return false;
  if (exception.get() == Py_None && response.verdict == nullptr) return true;
  return PyDict_SetItem(response.meta, names().exception, exception.get()) == 0;
}

bool tell(PyObject* whom, Response& response) {
  const Ref<> meta =
      response.meta != nullptr ? Ref<>::to(response.meta) : Ref<>{new_request_meta(response)};
  if (!meta) return false;
  const Ref<> exception{response.meta != nullptr ? nullptr : reported_exception(response)};
  if (response.meta == nullptr && !put(meta.get(), names().exception, exception)) return false;
  const Ref<> none{PyTuple_New(0)};
  return none && Ref<>{PyObject_Call(whom, none.get(), meta.get())};
}

}  // namespace

std::string failure_text_of(PyObject* error) {
  const Ref<> repr{PyObject_Repr(error)};
  const char* const bytes = repr ? PyUnicode_AsUTF8(repr.get()) : nullptr;
  std::string text = bytes == nullptr ? Py_TYPE(error)->tp_name : bytes;
  PyErr_Clear();
  if (!PyExceptionInstance_Check(error)) text = "CatchResponseError(" + text + ')';
  hide_addresses(text);
  return text;
}

PyObject* new_catch_response_error(PyObject* reason) {
  const Ref<> module{PyImport_ImportModule("locust.exception")};
  return module ? PyObject_CallMethod(module.get(), "CatchResponseError", "O", reason) : nullptr;
}

PyObject* reported_exception(Response& response) {
  if (response.verdict == Py_True) Py_RETURN_NONE;
  if (response.verdict != nullptr) {
    return PyExceptionInstance_Check(response.verdict) ? Py_NewRef(response.verdict)
                                                       : new_catch_response_error(response.verdict);
  }
  if (response.error == nullptr && !response.call->failed() &&
      status_failure(*response.call).empty()) {
    Py_RETURN_NONE;
  }
  return PyObject_CallMethod(object_of(response), "_reported", nullptr);
}

PyObject* new_request_meta(Response& response) {
  Call& call = *response.call;
  Ref<> meta{PyDict_New()};
  if (!meta) return nullptr;
  const Ref<> context{session_context(response.session, response.context)};
  const bool complete =
      context && put(meta.get(), names().request_type, str_of(call.method)) &&
      put(meta.get(), names().response_time, Ref<>{PyFloat_FromDouble(call.elapsed_ms())}) &&
      put(meta.get(), names().name, str_of(call.name)) &&
      put(meta.get(), names().context, context) &&
      put(meta.get(), names().response, Ref<>::to(object_of(response))) &&
      put(meta.get(), names().exception, Ref<>::to(Py_None)) &&
      put(meta.get(), names().start_time, Ref<>{PyFloat_FromDouble(epoch_seconds(call.started))}) &&
      put(meta.get(), names().url, Ref<>{reported_url(response)}) &&
      put(meta.get(), names().response_length, Ref<>{PyLong_FromSize_t(call.length())});
  return complete ? meta.release() : nullptr;
}

bool report(Response& response) {
  if (response.reported) return true;
  response.reported = true;
  PyObject* const whom = listener != nullptr ? listener : own_listener(response.session);
  bool told = response.meta == nullptr || settle_meta(response);
  if (told) {
    response.meta != nullptr ? count_by_meta(response) : count_verdict(response);
    if (whom != nullptr) {
      const Ref<> kept = Ref<>::to(whom);
      told = tell(whom, response);
    }
  }
  Py_CLEAR(response.session);
  return told;
}

PyObject* set_request_listener(PyObject*, PyObject* notify) {
  if (notify != Py_None && !PyCallable_Check(notify)) {
    PyErr_SetString(PyExc_TypeError, "a listener is a callable, or None");
    return nullptr;
  }
  PyObject* const before = std::exchange(listener, notify == Py_None ? nullptr : Py_NewRef(notify));
  Py_XDECREF(before);
  Py_RETURN_NONE;
}

}  // namespace swarm::python
