// What passes between the processes of a run: the part of PythonScenario that locust._others does.

#include <set>
#include <utility>

#include "common/log.h"
#include "worker/python/calls.h"
#include "worker/python/pauses.h"
#include "worker/python/python_scenario.h"
#include "worker/python/values.h"

namespace swarm::python {
namespace {

constexpr std::string_view kLogger = "swarm.runners";
constexpr std::size_t kMostTold = 100;

Py_ssize_t size_of(std::string_view text) { return static_cast<Py_ssize_t>(text.size()); }

// What cannot travel is the scenario's mistake, not ours.
void tell_of_option(const std::string& error) {
  log(LogLevel::Warning, kLogger, "An option of the scenario does not reach the workers: " + error);
}
void tell_of_key(const std::string& error) {
  // It is in every report: one line will do.
  static auto* const told = new std::set<std::string>;
  if (told->size() > kMostTold || !told->insert(error).second) return;
  log(LogLevel::Error, kLogger, "What report_to_master added does not reach the master: " + error);
}

// A path, which need not be text.
std::string path_of(PyObject* path) {
  const Ref<> bytes{PyUnicode_EncodeFSDefault(path)};
  if (bytes) return PyBytes_AS_STRING(bytes.get());
  PyErr_Clear();
  return {};
}

}  // namespace

void PythonScenario::receive(const ScenarioMessage& message) {
  Ref<> data = to_python(message.data);
  if (!data) return PyErr_WriteUnraisable(others_.get());
  call(others_, "receive", "s#Ns#", message.type.data(), size_of(message.type), data.release(),
       message.worker.data(), size_of(message.worker));
}

Value PythonScenario::own_options() const {
  Value options{Value::Map{}};
  const Ref<> values = call(others_, "own_options", nullptr);
  if (values) to_value_leniently(values.get(), options, tell_of_option);
  return options;
}

void PythonScenario::take_options(const Value& options) {
  Ref<> values = to_python(options);
  if (!values) return PyErr_WriteUnraisable(others_.get());
  call(others_, "take_options", "N", values.release());
}

void PythonScenario::joined(std::uint32_t index) { call(others_, "joined", "I", index); }

void PythonScenario::worker_connected(const std::string& worker) {
  call(others_, "worker_connected", "s#", worker.data(), size_of(worker));
}

bool PythonScenario::watches_reports() const {
  const Ref<> watches = call(others_, "watches_reports", nullptr);
  return watches && PyObject_IsTrue(watches.get()) == 1;
}

void PythonScenario::report_to_master(const std::string& worker, Value& data) {
  const Ref<> dict = to_python(data);
  if (!dict) return PyErr_WriteUnraisable(others_.get());
  const Ref<> done =
      call(others_, "report_to_master", "s#O", worker.data(), size_of(worker), dict.get());
  if (done) to_value_leniently(dict.get(), data, tell_of_key);
}

void PythonScenario::worker_report(const std::string& worker, const Value& data) {
  Ref<> dict = to_python(data);
  if (!dict) return PyErr_WriteUnraisable(others_.get());
  call(others_, "worker_report", "s#N", worker.data(), size_of(worker), dict.release());
}

std::optional<Duration> PythonScenario::report_interval() const {
  return interval("report_interval");
}

std::optional<Duration> PythonScenario::table_interval() const {
  return interval("table_interval");
}

std::vector<double> PythonScenario::percentiles() const {
  std::vector<double> shares;
  const Ref<> list = call(others_, "percentiles", nullptr);
  for (Py_ssize_t i = 0; list && i < PyList_Size(list.get()); ++i) {
    shares.push_back(PyFloat_AsDouble(PyList_GetItem(list.get(), i)));
  }
  return shares;
}

std::optional<Duration> PythonScenario::interval(const char* method) const {
  const Ref<> seconds = call(others_, method, nullptr);
  if (!seconds || seconds.get() == Py_None) return std::nullopt;
  const double number = PyFloat_AsDouble(seconds.get());
  if (PyErr_Occurred() == nullptr) return duration_of(number);
  PyErr_WriteUnraisable(others_.get());
  return std::nullopt;
}

std::vector<std::string> PythonScenario::files() const {
  std::vector<std::string> files;
  const Ref<> paths = call(others_, "files", nullptr);
  for (Py_ssize_t i = 0; paths && i < PyList_Size(paths.get()); ++i) {
    files.push_back(path_of(PyList_GetItem(paths.get(), i)));
  }
  return files;
}

}  // namespace swarm::python
