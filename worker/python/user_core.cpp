#include "worker/python/user_core.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "worker/python/extension.h"
#include "worker/python/greenlets.h"
#include "worker/python/holds.h"
#include "worker/python/pauses.h"

namespace swarm::python {
namespace {

// What all users of Python have: their waits, and the number that the scenario knows them by.
struct UserObject {
  PyObject_HEAD TimePoint due;  // zero: none
  std::uint64_t step;           // of the hub, after the last wait
  unsigned long long id;
  Touched touched;
};

PyTypeObject* user_type = nullptr;

PyObject* make_user(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* const object = make_plain(type);
  if (object != nullptr) as<UserObject>(object).step = hub_step();
  return object;
}

void free_user(PyObject* object) {
  PyTypeObject* const type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

// A user that has nothing to wait for lets the others run, unless something made it wait anyway.
bool wait_for(UserObject& user, double seconds) {
  const TimePoint now = read_clock();
  task_is_over(now);
  if (seconds > 0) {
    user.due = now + duration_of(seconds);
    return pause_until(user.due);
  }
  if (user.step != hub_step()) return true;
  user.due = now;
  return pause_for_a_turn();
}

PyObject* wait(PyObject* object, PyObject* argument) {
  const double seconds = PyFloat_AsDouble(argument);
  if (seconds == -1 && PyErr_Occurred() != nullptr) return nullptr;
  auto& user = as<UserObject>(object);
  user.due = {};
  if (!wait_for(user, seconds)) {
    user.due = {};
    return nullptr;
  }
  user.step = hub_step();
  Py_RETURN_NONE;
}

// Where an object has its attributes: Python keeps it to itself, so this is a guess.
const void* attributes_of(PyObject* object) {
#if PY_VERSION_HEX < 0x030C0000
  if (PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_MANAGED_DICT)) {
    return reinterpret_cast<void* const*>(object)[-4];
  }
#endif
  return object;
}

// Also what is before it, which the collector and its attributes need.
const void* beginning_of(PyObject* object) { return reinterpret_cast<void* const*>(object) - 4; }

PyObject* runs(PyObject* object, PyObject* task_set) {
  as<UserObject>(object).touched = {beginning_of(object), attributes_of(object),
                                    beginning_of(task_set), attributes_of(task_set)};
  Py_RETURN_NONE;
}

PyObject* end_task(PyObject*, PyObject*) {
  task_is_over(read_clock());
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {
    {"task_is_over", end_task, METH_NOARGS,
     "task_is_over()\n--\n\nWhat held the loop was what ends here, not what comes next."},
    {nullptr, nullptr, 0, nullptr}};

PyMethodDef methods[] = {
    {"wait", wait, METH_O,
     "wait(seconds)\n--\n\nThe pause between two tasks. The next request is due when it is over."},
    {"_runs", runs, METH_O, "_runs(task_set)\n--\n\nThis task set is what it does for now."},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {
    {"_swarm_id", T_ULONGLONG, offsetof(UserObject, id), 0, "as the scenario knows it; 0: not"},
    {nullptr, 0, 0, 0, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, slot(make_user)},
                       {Py_tp_dealloc, slot(free_user)},
                       {Py_tp_methods, methods},
                       {Py_tp_members, members},
                       {0, nullptr}};

PyType_Spec spec = {"_swarm.UserCore", sizeof(UserObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

TimePoint UserCore_take_due(PyObject* user, TimePoint started) {
  if (user == nullptr || !PyObject_TypeCheck(user, user_type)) return started;
  const TimePoint due = std::exchange(as<UserObject>(user).due, TimePoint{});
  return due == TimePoint{} ? started : std::min(due, started);
}

Touched UserCore_touched(PyObject* user) {
  const bool known = user != nullptr && PyObject_TypeCheck(user, user_type) != 0;
  return known ? as<UserObject>(user).touched : Touched{};
}

int add_user_core(PyObject* module) {
  user_type = add_type(module, spec);
  return user_type == nullptr ? -1 : PyModule_AddFunctions(module, functions);
}

}  // namespace swarm::python
