// The functions of `_swarm` for the run as a whole: what environment.runner and environment.stats
// are made of.

#include "worker/python/run_functions.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "cli/run_control.h"
#include "common/clock.h"
#include "worker/python/calls.h"
#include "worker/python/extension.h"
#include "worker/python/greenlets.h"
#include "worker/python/host.h"
#include "worker/python/values.h"

namespace swarm::python {
namespace {

using std::chrono::milliseconds;

Ref<> make_stats() {
  const Ref<> module{PyImport_ImportModule("locust._entry")};
  if (!module) return {};
  const RunControl* const control = run_control();
  if (control == nullptr || !control->stats_json) {
    return Ref<>{PyObject_CallMethod(module.get(), "totals", "O", Py_None)};
  }
  const std::string json = control->stats_json();
  return Ref<>{PyObject_CallMethod(module.get(), "totals", "s#", json.data(),
                                   static_cast<Py_ssize_t>(json.size()))};
}

class Stats {
 public:
  Ref<> read() {
    const TimePoint now = read_clock();
    budget_ = std::min(budget_ + (now - asked_) / kShare, kMostBudget);
    asked_ = now;
    const bool unchanged = last_ && step_ == hub_step();
    const bool spent = last_ && age_ == StatsAge::Bounded && budget_ < Duration{};
    if (unchanged || spent) return last_;
    last_ = make_stats();
    step_ = hub_step();
    budget_ -= read_clock() - now;
    return last_;
  }

  void set_age(StatsAge age) {
    age_ = age;
    forget();
  }
  void forget() { last_ = {}; }
  // There is something new, as old as others may be.
  void note_change() { step_ = UINT64_MAX; }

  static Stats& instance() {
    static auto* const stats = new Stats;  // outlives the interpreter
    return *stats;
  }

 private:
  static constexpr int kShare = 20;
  // In advance: who reads now and then never sees old totals.
  static constexpr Duration kMostBudget = milliseconds{50};

  Ref<> last_;
  std::uint64_t step_ = UINT64_MAX;  // of the hub, in which they were made
  TimePoint asked_{};
  Duration budget_ = kMostBudget;
  StatsAge age_ = StatsAge::Bounded;
};

PyObject* stats(PyObject*, PyObject*) { return Stats::instance().read().release(); }

PyObject* reset_stats(PyObject*, PyObject*) {
  if (run_control() != nullptr && run_control()->reset_stats) run_control()->reset_stats();
  forget_stats();
  Py_RETURN_NONE;
}

PyObject* control_run(PyObject*, PyObject* arguments) {
  const char* command;
  double users = 0, users_per_s = 0;
  PyObject* names = nullptr;
  if (!PyArg_ParseTuple(arguments, "s|ddO!", &command, &users, &users_per_s, &PyList_Type,
                        &names)) {
    return nullptr;
  }
  const std::string_view word = command;
  if (word == "start" && (!(users >= 0 && users < 1e9) || !(users_per_s > 0))) {
    PyErr_SetString(PyExc_ValueError, "start() wants a number of users and a spawn rate above 0");
    return nullptr;
  }
  const RunControl* const control = run_control();
  if (control == nullptr) Py_RETURN_NONE;
  if (word == "start" && control->start) {
    control->start(static_cast<std::uint32_t>(users), users_per_s, texts_in(names));
  }
  if (word == "stop" && control->stop) control->stop();
  if (word == "quit" && control->quit) control->quit();
  Py_RETURN_NONE;
}

PyObject* state(PyObject*, PyObject*) {
  const RunControl* const control = run_control();
  const bool known = control != nullptr && control->state;
  return PyUnicode_FromString(known ? control->state().c_str() : "ready");
}

Ref<> counts_to_python(const std::map<std::string, std::uint32_t>& users_by_class) {
  Ref<> counts{PyDict_New()};
  for (const auto& [name, users] : users_by_class) {
    const Ref<> number{PyLong_FromUnsignedLong(users)};
    if (!counts || !number || PyDict_SetItemString(counts.get(), name.c_str(), number.get()) < 0) {
      return {};
    }
  }
  return counts;
}

PyObject* user_counts(PyObject*, PyObject*) {
  const RunControl* const control = run_control();
  if (control == nullptr || !control->users) return PyDict_New();
  return counts_to_python(control->users()).release();
}

PyObject* wanted(PyObject*, PyObject*) {
  const RunControl* const control = run_control();
  const bool known = control != nullptr && control->wanted;
  const auto [users, users_per_s] = known ? control->wanted() : std::pair{0U, 0.0};
  return Py_BuildValue("(Id)", users, users_per_s);
}

PyObject* send_message(PyObject*, PyObject* arguments) {
  PyObject *type, *data, *worker;
  if (!PyArg_ParseTuple(arguments, "UOO", &type, &data, &worker)) return nullptr;
  Value value;
  if (!to_value(data, value)) return nullptr;
  std::optional<std::string> to;
  if (worker != Py_None) to = text_or_mark(worker);
  const RunControl* const control = run_control();
  if (control != nullptr && control->send_message) {
    control->send_message(text_or_mark(type), std::move(value), std::move(to));
  }
  Py_RETURN_NONE;
}

PyObject* workers(PyObject*, PyObject*) {
  Ref<> list{PyList_New(0)};
  const RunControl* const control = run_control();
  if (!list || control == nullptr || !control->workers) return list.release();
  for (const WorkerInfo& worker : control->workers()) {
    Ref<> users = counts_to_python(worker.users);
    if (!users) return nullptr;
    const Ref<> row{Py_BuildValue("(s#sINdK)", worker.id.data(),
                                  static_cast<Py_ssize_t>(worker.id.size()), worker.state.c_str(),
                                  worker.index, users.release(), worker.cpu_percent,
                                  static_cast<unsigned long long>(worker.bytes_memory))};
    if (!row || PyList_Append(list.get(), row.get()) < 0) return nullptr;
  }
  return list.release();
}

PyObject* worker_id(PyObject*, PyObject*) {
  const RunControl* const control = run_control();
  const std::string id =
      control != nullptr && control->worker_id ? control->worker_id() : std::string();
  return PyUnicode_DecodeUTF8(id.data(), static_cast<Py_ssize_t>(id.size()), "replace");
}

PyMethodDef functions[] = {
    {"stats", stats, METH_NOARGS, "stats()\n--\n\nThe totals of the run."},
    {"reset_stats", reset_stats, METH_NOARGS, "reset_stats()\n--\n\nThe totals begin at zero."},
    {"run_control", control_run, METH_VARARGS,
     "run_control(command, users=0, users_per_s=0, classes=[])\n--\n\nstart, stop or quit; does "
     "not "
     "wait. No classes: as before."},
    {"state", state, METH_NOARGS, "state()\n--\n\nOf the run, in Locust's words."},
    {"user_counts", user_counts, METH_NOARGS, "user_counts()\n--\n\nUsers alive, by class."},
    {"wanted", wanted, METH_NOARGS,
     "wanted()\n--\n\nUsers that there are to be, and how many come or go a second."},
    {"send_message", send_message, METH_VARARGS,
     "send_message(type, data, worker)\n--\n\nFrom a master to a worker, or (None) to all; from a "
     "worker to its master."},
    {"workers", workers, METH_NOARGS,
     "workers()\n--\n\nOf a master: (id, state, index, users by class, cpu %, bytes of memory)."},
    {"worker_id", worker_id, METH_NOARGS, "worker_id()\n--\n\nOf this worker; empty elsewhere."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void set_stats_age(StatsAge age) { Stats::instance().set_age(age); }
void forget_stats() { Stats::instance().forget(); }
void note_stats_change() { Stats::instance().note_change(); }

int add_run_functions(PyObject* module) { return PyModule_AddFunctions(module, functions); }

}  // namespace swarm::python
