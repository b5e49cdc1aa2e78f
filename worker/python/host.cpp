#include "worker/python/host.h"

#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/log.h"
#include "common/scenario.h"
#include "worker/http/engine.h"
#include "worker/python/extension.h"
#include "worker/python/pauses.h"
#include "worker/python/process_loop.h"
#include "worker/python/python_api.h"
#include "worker/python/run_functions.h"

namespace swarm::python {
namespace {

ScenarioHost* present_host = nullptr;
const RunControl* present_control = nullptr;
http::EngineOptions engine_options;

// The text of a str, valid as long as it lives; with its surrogates replaced if it has some, then
// valid until the next call. False: an exception is set.
bool text_of(PyObject* object, std::string_view& text, Ref<>& holder) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(object, &size);
  if (utf8 == nullptr && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
    PyErr_Clear();
    holder = Ref<>{PyUnicode_AsEncodedString(object, "utf-8", "replace")};
    if (!holder) return false;
    utf8 = PyBytes_AS_STRING(holder.get());
    size = PyBytes_GET_SIZE(holder.get());
  }
  if (utf8 == nullptr) return false;
  text = {utf8, static_cast<std::size_t>(size)};
  return true;
}

// A number, or `otherwise` for None. False: an exception is set.
bool number_of(PyObject* object, double otherwise, double& number) {
  number = object == Py_None ? otherwise : PyFloat_AsDouble(object);
  return !(number == -1.0 && PyErr_Occurred());
}

double epoch_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

PyObject* record(PyObject*, PyObject* arguments) {
  PyObject *type, *name, *response_time, *length, *error, *start_time;
  if (!PyArg_ParseTuple(arguments, "UUOOOO", &type, &name, &response_time, &length, &error,
                        &start_time)) {
    return nullptr;
  }
  if (present_host == nullptr) Py_RETURN_NONE;
  std::string_view type_text, name_text, error_text;
  Ref<> holders[3];
  double ms = 0, bytes = 0, started_s = 0;
  if (!text_of(type, type_text, holders[0]) || !text_of(name, name_text, holders[1]) ||
      (error != Py_None && !text_of(error, error_text, holders[2])) ||
      !number_of(response_time, 0, ms) || !number_of(length, 0, bytes) ||
      !number_of(start_time, NAN, started_s)) {
    return nullptr;
  }
  const TimePoint now = read_clock();
  const Duration took = std::max(duration_of(ms / 1000), Duration{});
  // Its own word for when it began, if that can be: not in the future.
  TimePoint started = now - took;
  if (!std::isnan(started_s)) {
    started = std::min(started, now - duration_of(epoch_seconds() - started_s));
  }
  present_host->record({.endpoint = present_host->endpoint(type_text, name_text),
                        .due = started,
                        .started = started,
                        .ended = started + took,
                        .bytes_received = bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0,
                        .has_response_time = response_time != Py_None,
                        .self_timed = true,
                        .error = error_text});
  note_stats_change();
  Py_RETURN_NONE;
}

PyObject* record_interrupted(PyObject*, PyObject* arguments) {
  const char *type, *name;
  if (!PyArg_ParseTuple(arguments, "ss", &type, &name)) return nullptr;
  if (present_host != nullptr) {
    present_host->record_interrupted(present_host->endpoint(type, name));
  }
  note_stats_change();
  Py_RETURN_NONE;
}

PyObject* record_exception(PyObject*, PyObject* arguments) {
  PyObject *message, *traceback;
  if (!PyArg_ParseTuple(arguments, "UU", &message, &traceback)) return nullptr;
  std::string_view message_text, traceback_text;
  Ref<> holders[2];
  if (!text_of(message, message_text, holders[0]) ||
      !text_of(traceback, traceback_text, holders[1])) {
    return nullptr;
  }
  if (present_host != nullptr) present_host->record_exception(message_text, traceback_text);
  note_stats_change();
  Py_RETURN_NONE;
}

PyObject* take_permit(PyObject*, PyObject*) {
  return PyBool_FromLong(present_host == nullptr || present_host->take_permit());
}

PyObject* user_ended(PyObject*, PyObject* argument) {
  const unsigned long long id = PyLong_AsUnsignedLongLong(argument);
  if (PyErr_Occurred()) return nullptr;
  if (present_host != nullptr) present_host->user_ended(UserId{id});
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {
    {"record", record, METH_VARARGS,
     "record(request_type, name, response_time, response_length, error, start_time)\n--\n\n"
     "One sample: milliseconds, bytes, the text of the failure or None, seconds since 1970."},
    {"record_interrupted", record_interrupted, METH_VARARGS,
     "record_interrupted(request_type, name)\n--\n\nOne that was given up; returns its permit."},
    {"record_exception", record_exception, METH_VARARGS,
     "record_exception(message, traceback)\n--\n\nAn exception that left a task."},
    {"take_permit", take_permit, METH_NOARGS,
     "take_permit()\n--\n\nWhether one more request may be made (-n)."},
    {"user_ended", user_ended, METH_O, "user_ended(id)\n--\n\nA user's greenlet is over."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

ScenarioHost* host() { return present_host; }

const RunControl* run_control() { return present_control; }

http::Engine& engine() {
  static http::Engine* made = nullptr;
  if (made == nullptr) {
    engine_options.connection_opened = [] {
      if (present_host != nullptr) present_host->connection_opened();
    };
    auto engine = http::Engine::create(process_loop(), engine_options);
    if (!engine) {
      log(LogLevel::Error, "swarm.main", engine.error().message);
      engine_options.ca_file.clear();
      engine = http::Engine::create(process_loop(), engine_options);
    }
    made = std::move(engine).value().release();
  }
  return *made;
}

void set_engine_options(const http::EngineOptions& options) { engine_options = options; }

void set_host(ScenarioHost* host, const RunControl* control) {
  present_host = host;
  present_control = control;
  forget_stats();
}

int add_host(PyObject* module) { return PyModule_AddFunctions(module, functions); }

}  // namespace swarm::python
