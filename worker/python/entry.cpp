#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/option_values.h"
#include "cli/scenario_main.h"
#include "common/assert.h"
#include "worker/http/engine.h"
#include "worker/python/extension.h"
#include "worker/python/greenlets.h"
#include "worker/python/host.h"
#include "worker/python/process_loop.h"
#include "worker/python/python_scenario.h"

namespace swarm::python {
namespace {

constexpr int kKilled = 130;  // by Ctrl-C, as shells say it

Ref<> list_of(const std::vector<std::string>& texts) {
  Ref<> list{PyList_New(0)};
  for (const std::string& text : texts) {
    const Ref<> item{
        PyUnicode_DecodeFSDefaultAndSize(text.data(), static_cast<Py_ssize_t>(text.size()))};
    if (!list || !item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
  }
  return list;
}

Ref<> to_python(const OptionValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return Ref<>{PyBool_FromLong(*flag)};
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return Ref<>{PyLong_FromLongLong(*whole)};
  }
  if (const auto* number = std::get_if<double>(&value)) return Ref<>{PyFloat_FromDouble(*number)};
  if (const auto* text = std::get_if<std::string>(&value)) {
    return Ref<>{
        PyUnicode_DecodeFSDefaultAndSize(text->data(), static_cast<Py_ssize_t>(text->size()))};
  }
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return list_of(*texts);
  return Ref<>::to(Py_None);
}

std::string text_of(PyObject* object) {
  const Ref<> bytes{object != nullptr ? PyUnicode_EncodeFSDefault(object) : nullptr};
  if (bytes) return PyBytes_AS_STRING(bytes.get());
  PyErr_Clear();
  return {};
}

// What the exception that is set, which left one of our functions, says before the process ends.
EarlyExit bug() {
  PyErr_Print();
  return {1, ""};
}

// The item of a dictionary that locust._entry made.
PyObject* item(PyObject* dictionary, const char* key) {
  PyObject* const found = PyDict_GetItemString(dictionary, key);
  SWARM_ASSERT(found != nullptr);
  return found;
}

CustomOption to_option(PyObject* row) {
  CustomOption option;
  PyObject* const names = item(row, "names");
  for (Py_ssize_t i = 0; i < PyList_Size(names); ++i) {
    option.names.push_back(text_of(PyList_GetItem(names, i)));
  }
  const long most = PyLong_AsLong(item(row, "most"));
  option.takes = {static_cast<std::size_t>(PyLong_AsLong(item(row, "least"))),
                  most < 0 ? kUnlimited : static_cast<std::size_t>(most)};
  option.repeats = PyObject_IsTrue(item(row, "repeats")) == 1;
  option.metavar = text_of(item(row, "metavar"));
  option.variable = text_of(item(row, "variable"));
  option.group = text_of(item(row, "group"));
  option.help = text_of(item(row, "help"));
  option.hidden = PyObject_IsTrue(item(row, "hidden")) == 1;
  return option;
}

// The locustfile in the interpreter, from its loading to the process's end.
class Locustfile {
 public:
  using Opened = std::variant<std::vector<CustomOption>, EarlyExit>;

  explicit Locustfile(Ref<> entry) : entry_(std::move(entry)) {}
  ~Locustfile() { set_host(nullptr, nullptr); }

  Opened open(const std::vector<std::string>& files) {
    const Ref<> refused{PyObject_CallMethod(entry_.get(), "open", "N", list_of(files).release())};
    if (!refused) return bug();
    if (refused.get() != Py_None) return last_words(refused.get());
    const Ref<> rows{PyObject_CallMethod(entry_.get(), "options", nullptr)};
    if (!rows) return bug();
    std::vector<CustomOption> options;
    for (Py_ssize_t i = 0; i < PyList_Size(rows.get()); ++i) {
      options.push_back(to_option(PyList_GetItem(rows.get(), i)));
    }
    return options;
  }

  std::optional<EarlyExit> check(const Options& options) {
    const Ref<> refused{PyObject_CallMethod(entry_.get(), "check", "N",
                                            list_of(options.custom_arguments).release())};
    if (!refused) return bug();
    if (refused.get() == Py_None) return std::nullopt;
    return refuse(2, text_of(refused.get()));
  }

  Result<std::unique_ptr<Scenario>> load(const Options& options, ScenarioHost& host,
                                         const RunControl& control) {
    set_engine_options(
        {.verify = !options.insecure, .ca_file = options.ca_file, .connection_opened = {}});
    set_host(&host, &control);
    const Ref<> values{PyDict_New()};
    for (const auto& [name, value] : option_values(options)) {
      const Ref<> object = to_python(value);
      if (!object || PyDict_SetItemString(values.get(), name.c_str(), object.get()) < 0) break;
    }
    const Ref<> refused{PyErr_Occurred()
                            ? nullptr
                            : PyObject_CallMethod(entry_.get(), "configure", "ON", values.get(),
                                                  list_of(options.user_classes).release())};
    if (!refused) {
      PyErr_Print();
      return Error{"the scenario cannot be set up"};
    }
    if (refused.get() != Py_None) return Error{text_of(refused.get())};
    return PythonScenario::create(entry_);
  }

  // Any greenlet may wait while the hub turns the loop; the main one waits for the end of the run.
  LoopRunner runner() {
    return {.loop = process_loop(),
            .run =
                [this] {
                  while (!park(end_)) {
                    // Of a task that was made to end; the run ends in order.
                    if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) == 0) {
                      PyErr_Print();
                      return false;
                    }
                    PyErr_Clear();
                  }
                  return true;
                },
            .finish = [this] { wake(end_); },
            .stuck = [main = PyThread_get_thread_ident()] { interrupt(main); }};
  }

 private:
  // Whatever Python code the main thread runs now gets a KeyboardInterrupt.
  static void interrupt(unsigned long thread) {
    const PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState_SetAsyncExc(thread, PyExc_KeyboardInterrupt);
    PyGILState_Release(state);
  }

  static EarlyExit last_words(PyObject* refused) {
    int code = 1;
    PyObject* text = nullptr;
    if (!PyArg_ParseTuple(refused, "iU", &code, &text)) return bug();
    return {code, text_of(text)};
  }

  Ref<> entry_;
  Parked end_;
};

PyObject* enter(PyObject*, PyObject* arguments) {
  PyObject* list;
  if (!PyArg_ParseTuple(arguments, "O!", &PyList_Type, &list)) return nullptr;
  std::vector<std::string> words;
  for (Py_ssize_t i = 0; i < PyList_Size(list); ++i) {
    words.push_back(text_of(PyList_GetItem(list, i)));
  }
  const Ref<> module{PyImport_ImportModule("locust._entry")};
  Ref<> entry{module ? PyObject_CallMethod(module.get(), "Entry", nullptr) : nullptr};
  if (!entry) return nullptr;

  // On the heap: the hub's turns use it while this greenlet's stack may be elsewhere.
  const auto file = std::make_unique<Locustfile>(std::move(entry));
  const auto front_end = std::make_unique<FrontEnd>(FrontEnd{
      .open = [&file](const auto& files, const EarlyOptions&) { return file->open(files); },
      .check = [&file](const Options& options) { return file->check(options); },
      .load = [&file](const Options& options, ScenarioHost& host,
                      const RunControl& control) { return file->load(options, host, control); },
      .runner = [&file] { return file->runner(); }});
  const int code = scenario_main(words, *front_end);
  if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt)) {
    PyErr_Clear();
    return PyLong_FromLong(kKilled);
  }
  return PyErr_Occurred() ? nullptr : PyLong_FromLong(code);
}

PyMethodDef functions[] = {
    {"main", enter, METH_VARARGS,
     "main(arguments)\n--\n\nRuns the program, without its name; returns its exit code."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

int add_entry(PyObject* module) { return PyModule_AddFunctions(module, functions); }

}  // namespace swarm::python
