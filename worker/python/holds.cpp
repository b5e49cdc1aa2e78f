#include "worker/python/holds.h"

#include <string>

#include "common/log.h"
#include "worker/python/greenlets.h"
#include "worker/users/hold_log.h"

namespace swarm::python {
namespace {

using worker::HoldLog;

TimePoint given{};  // when the hub gave the loop away

// What locust._holder.name() says; empty: nobody needs to be named.
std::string name_of(PyObject* greenlet) {
  const Ref<> module_name{PyUnicode_FromString("locust._holder")};
  // Where it is not imported, there is no scenario that could hold anything.
  const Ref<> module{module_name ? PyImport_GetModule(module_name.get()) : nullptr};
  const Ref<> name{module ? PyObject_CallMethod(module.get(), "name", "O",
                                                greenlet != nullptr ? greenlet : Py_None)
                          : nullptr};
  const char* const text = name && name.get() != Py_None ? PyUnicode_AsUTF8(name.get()) : nullptr;
  if (PyErr_Occurred() != nullptr) PyErr_WriteUnraisable(module.get());
  return text != nullptr ? text : "";
}

void tell(PyObject* greenlet, Duration held, TimePoint now) {
  static auto* const log_of_holds = new HoldLog;
  const std::string name = name_of(greenlet);
  if (name.empty()) return;
  if (const auto line = log_of_holds->note(name, held, now)) {
    log(LogLevel::Warning, "swarm.user", *line);
  }
}

// gevent's Waiter, in which a greenlet waits for a watcher. Null: gevent has none like that.
PyObject* waiter_type() {
  static PyObject* const type = [] {
    const Ref<> module{PyImport_ImportModule("gevent._waiter")};
    PyObject* const found = module ? PyObject_GetAttrString(module.get(), "Waiter") : nullptr;
    PyErr_Clear();
    return found != nullptr && PyType_Check(found) ? found : nullptr;
  }();
  return type;
}

PyObject* self_of(PyObject* callback) {
  if (PyCFunction_Check(callback)) return PyCFunction_GET_SELF(callback);
  return PyMethod_Check(callback) ? PyMethod_GET_SELF(callback) : nullptr;
}

}  // namespace

void hub_gives_loop(TimePoint now) { given = now; }

void hub_has_loop(PyObject* greenlet) {
  const TimePoint now = read_clock();
  const Duration held = now - given;
  given = now;
  if (held > HoldLog::kLimit) [[unlikely]]
    tell(greenlet, held, now);
}

void task_is_over(TimePoint now) {
  const Duration held = now - given;
  if (held <= HoldLog::kLimit) [[likely]]
    return;
  given = now;
  if (const Ref<> current = current_greenlet()) tell(current.get(), held, now);
}

Ref<> greenlet_behind(PyObject* function, PyObject* args) {
  PyObject* const self = self_of(function);
  if (self != nullptr && is_greenlet(self)) return Ref<>::to(self);
  auto* const waiter = reinterpret_cast<PyTypeObject*>(waiter_type());
  if (self == nullptr || waiter == nullptr || !PyObject_TypeCheck(self, waiter)) {
    // A function that kills or throws: its first argument is the greenlet.
    const bool any = args != nullptr && PyTuple_GET_SIZE(args) > 0;
    PyObject* const first = any ? PyTuple_GET_ITEM(args, 0) : nullptr;
    return first != nullptr && is_greenlet(first) ? Ref<>::to(first) : Ref<>{};
  }
  static PyObject* const name = PyUnicode_InternFromString("greenlet");
  Ref<> greenlet{PyObject_GetAttr(self, name)};
  PyErr_Clear();
  return greenlet && is_greenlet(greenlet.get()) ? greenlet : Ref<>{};
}

}  // namespace swarm::python
