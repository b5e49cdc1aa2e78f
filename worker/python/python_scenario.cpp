#include "worker/python/python_scenario.h"

#include <string>
#include <utility>

#include "worker/python/calls.h"
#include "worker/python/host.h"
#include "worker/python/pauses.h"
#include "worker/python/run_functions.h"

namespace swarm::python {
namespace {

constexpr auto kFunction = "swarm.function";

// A function of Python that calls `function` with its arguments, as often as it is called.
using Function = std::function<void(PyObject* arguments)>;

PyObject* call_function(PyObject* capsule, PyObject* arguments) {
  (*static_cast<Function*>(PyCapsule_GetPointer(capsule, kFunction)))(arguments);
  if (PyErr_Occurred()) return nullptr;
  Py_RETURN_NONE;
}

PyMethodDef kCallFunction = {"done", call_function, METH_VARARGS, nullptr};

Ref<> function_to_python(Function function) {
  const Ref<> capsule{PyCapsule_New(new Function(std::move(function)), kFunction, [](PyObject* it) {
    delete static_cast<Function*>(PyCapsule_GetPointer(it, kFunction));
  })};
  return capsule ? Ref<>{PyCFunction_New(&kCallFunction, capsule.get())} : Ref<>{};
}

// From a list of (name, weight, [children]). False: an exception is set.
bool read_tasks(PyObject* list, std::vector<TaskNode>& tasks) {
  for (Py_ssize_t i = 0; i < PyList_Size(list); ++i) {
    PyObject *name, *children;
    TaskNode& task = tasks.emplace_back();
    if (!PyArg_ParseTuple(PyList_GetItem(list, i), "UdO!", &name, &task.weight, &PyList_Type,
                          &children)) {
      return false;
    }
    task.name = text_or_mark(name);
    if (!read_tasks(children, task.children)) return false;
  }
  return !PyErr_Occurred();
}

}  // namespace

Result<std::unique_ptr<Scenario>> PythonScenario::create(Ref<> entry) {
  std::unique_ptr<PythonScenario> scenario(new PythonScenario(std::move(entry)));
  if (auto read = scenario->read_classes(); !read) {
    PyErr_Print();
    return read.error();
  }
  scenario->others_ = call(scenario->entry_, "others", nullptr);
  return std::unique_ptr<Scenario>(std::move(scenario));
}

PythonScenario::~PythonScenario() { set_host(nullptr, nullptr); }

Result<void> PythonScenario::read_classes() {
  const Error failed{"the user classes of the scenario cannot be read"};
  const Ref<> list{PyObject_CallMethod(entry_.get(), "user_classes", nullptr)};
  if (!list || !PyList_Check(list.get())) return failed;
  for (Py_ssize_t i = 0; i < PyList_Size(list.get()); ++i) {
    PyObject *name, *host, *tasks, *mean_wait;
    int needs_host = 0;
    UserClass& each = classes_.emplace_back();
    if (!PyArg_ParseTuple(PyList_GetItem(list.get(), i), "UdIUO!Op", &name, &each.weight,
                          &each.fixed_count, &host, &PyList_Type, &tasks, &mean_wait,
                          &needs_host)) {
      return failed;
    }
    each.name = text_or_mark(name);
    each.host = text_or_mark(host);
    each.needs_host = needs_host != 0;
    if (mean_wait != Py_None) each.mean_wait = duration_of(PyFloat_AsDouble(mean_wait));
    if (!read_tasks(tasks, each.tasks)) return failed;
    names_.push_back(Ref<>::to(name));
  }
  return {};
}

void PythonScenario::test_start(Done done) {
  set_stats_age(StatsAge::Bounded);
  const std::string_view base = host()->host();
  call(entry_, "use_host", "s#", base.data(), static_cast<Py_ssize_t>(base.size()));
  run_hook("test_start", std::move(done));
}

void PythonScenario::test_stop(Done done) {
  set_stats_age(StatsAge::AlwaysFresh);
  run_hook("test_stop", std::move(done));
}

void PythonScenario::run_hook(const char* name, Done done) {
  forget_stats();
  const auto told = function_to_python([done](PyObject*) { done(); });
  if (!told || !call(entry_, name, "O", told.get())) done();
}

void PythonScenario::spawning_complete(std::uint32_t users) {
  forget_stats();
  call(entry_, "spawning_complete", "I", users);
}

void PythonScenario::stats_reset() {
  forget_stats();
  call(entry_, "reset_stats", nullptr);
}

std::optional<int> PythonScenario::quitting() {
  set_stats_age(StatsAge::AlwaysFresh);
  const auto code = call(entry_, "quitting", nullptr);
  if (!code || code.get() == Py_None) return std::nullopt;
  const int number = static_cast<int>(PyLong_AsLong(code.get()));
  if (!PyErr_Occurred()) return number;
  PyErr_WriteUnraisable(entry_.get());
  return std::nullopt;
}

void PythonScenario::quit(int exit_code) { call(entry_, "quit", "i", exit_code); }

int PythonScenario::exit_code() const {
  const auto code = call(entry_, "exit_code", nullptr);
  return code ? static_cast<int>(PyLong_AsLong(code.get())) : 0;
}

void PythonScenario::tick_shape(std::function<void(std::optional<ShapeStep>)> done) {
  const auto told = function_to_python([done](PyObject* arguments) {
    double users = 0, users_per_s = 0;
    if (PyTuple_Size(arguments) == 0) return done(std::nullopt);
    PyObject* classes = nullptr;
    if (!PyArg_ParseTuple(arguments, "dd|O!", &users, &users_per_s, &PyList_Type, &classes)) return;
    done(ShapeStep{static_cast<std::uint32_t>(users), users_per_s, texts_in(classes)});
  });
  if (told) call(entry_, "tick_shape", "O", told.get());
}

void PythonScenario::shape_began(Duration ago) {
  call(entry_, "shape_began", "d", std::chrono::duration<double>(ago).count());
}

void PythonScenario::spawn(UserId id, UserClassId user_class) {
  call(entry_, "spawn", "KO", static_cast<unsigned long long>(id.value),
       names_[user_class.value].get());
}

void PythonScenario::stop(UserId id, StopUser how) {
  call(entry_, "stop", "KO", static_cast<unsigned long long>(id.value),
       how == StopUser::Now ? Py_True : Py_False);
}

}  // namespace swarm::python
