#include "worker/python/http_block.h"

#include "worker/python/http_failures.h"
#include "worker/python/http_report.h"

namespace swarm::python {
namespace {

constexpr auto kNotEntered =
    "Tried to set status on a request that has not yet been made. Make sure you use a with-block, "
    "like this:\n\nwith self.client.request(..., catch_response=True) as response:\n    "
    "response.%s";
constexpr auto kNotCaught =
    "If you want to change the state of the request, you must pass catch_response=True. See "
    "http://docs.locust.io/en/stable/writing-a-locustfile.html#validating-responses";
constexpr auto kNoBlock =
    "In order to use a with-block for requests, you must also pass catch_response=True";

// A class of locust.exception, kept for good.
PyObject* exception_class(const char* name) {
  const Ref<> module{PyImport_ImportModule("locust.exception")};
  return module ? PyObject_GetAttrString(module.get(), name) : nullptr;
}

PyObject* locust_error() {
  static PyObject* const type = exception_class("LocustError");
  return type;
}

bool is_response_error(PyObject* value) {
  static PyObject* const type = exception_class("ResponseError");
  return type != nullptr && PyObject_IsInstance(value, type) == 1;
}

bool is_fast(const Response& response) {
  return response.call != nullptr && response.call->session.style == Style::FastHttp;
}

bool may_judge(const Response& response, const char* call) {
  if (response.entered) return true;
  if (is_fast(response) && !response.catches) {
    PyErr_SetString(locust_error(), kNotCaught);
  } else {
    PyErr_Format(locust_error(), kNotEntered, call);
  }
  return false;
}

}  // namespace

PyObject* block_enter(PyObject* self, PyObject*) {
  Response& response = as<Response>(self);
  // The fast client's plain responses take any block for "release it afterwards".
  if (!response.catches && is_fast(response)) return Py_NewRef(self);
  response.entered = true;
  if (!response.catches) {
    PyErr_SetString(locust_error(), kNoBlock);
    return nullptr;
  }
  return Py_NewRef(self);
}

PyObject* block_exit(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  Response& response = as<Response>(self);
  if (!response.catches) Py_RETURN_NONE;
  const bool raised = count > 0 && args[0] != Py_None;
  if (response.verdict == nullptr && raised) {
    if (count < 2 || !is_response_error(args[1])) Py_RETURN_FALSE;
    show_to_collector(response);
    response.verdict = Py_NewRef(args[1]);
    if (!report(response)) return nullptr;
    Py_RETURN_TRUE;
  }
  if (!report(response)) return nullptr;
  return PyBool_FromLong(!raised);
}

PyObject* block_success(PyObject* self, PyObject*) {
  Response& response = as<Response>(self);
  if (!may_judge(response, "success()")) return nullptr;
  Py_XSETREF(response.verdict, Py_NewRef(Py_True));
  Py_RETURN_NONE;
}

PyObject* block_failure(PyObject* self, PyObject* error) {
  Response& response = as<Response>(self);
  if (!may_judge(response, "failure(...)")) return nullptr;
  // A text stays one until somebody wants the exception; True would be taken for a success.
  if (!PyUnicode_CheckExact(error)) {
    show_to_collector(response);
    if (!PyExceptionInstance_Check(error)) {
      Ref<> wrapped{new_catch_response_error(error)};
      if (!wrapped) return nullptr;
      Py_XSETREF(response.verdict, wrapped.release());
      Py_RETURN_NONE;
    }
  }
  Py_XSETREF(response.verdict, Py_NewRef(error));
  Py_RETURN_NONE;
}

PyObject* raise_for_status(PyObject* self, PyObject*) {
  Response& response = as<Response>(self);
  if (response.verdict == Py_True) Py_RETURN_NONE;
  if (response.verdict != nullptr) {
    const Ref<> exception{reported_exception(response)};
    if (!exception) return nullptr;
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.get())), exception.get());
    return nullptr;
  }
  const bool good = response.error == nullptr && response.call != nullptr &&
                    !response.call->failed() && status_failure(*response.call).empty();
  if (good) Py_RETURN_NONE;
  return PyObject_CallMethod(self, "_raise", nullptr);
}

}  // namespace swarm::python
