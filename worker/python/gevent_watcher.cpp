#include "worker/python/gevent_watcher.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "worker/python/gevent_loop.h"

namespace swarm::python {
namespace {

// Its begin and end are those of the Python type; it is due when told so.
constexpr WatcherKind kEventKind{[](WatcherObject&) { return true; }, [](WatcherObject&) {}};

GeventCore& core_of(const WatcherObject& watcher) { return *watcher.loop->core; }

WatcherObject& self(PyObject* object) { return as<WatcherObject>(object); }

void count(WatcherObject& watcher) {
  const bool counts = watcher.active && watcher.referenced;
  if (counts == watcher.counted) return;
  watcher.counted = counts;
  core_of(watcher).count(counts ? 1 : -1);
}

bool check_callback(PyObject* callback) {
  if (callback != Py_None && PyCallable_Check(callback) != 0) return true;
  PyErr_Format(PyExc_TypeError, "Expected callable, not %R", callback);
  return false;
}

void hold(WatcherObject& watcher) {
  if (!std::exchange(watcher.held, true)) Py_INCREF(object_of(watcher));
}

// --- methods ---

PyObject* make_event(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"loop", "ref", "priority", nullptr};
  PyObject *loop = nullptr, *priority = Py_None;
  int referenced = 1;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|pO:watcher", const_cast<char**>(kNames),
                                   &loop, &referenced, &priority)) {
    return nullptr;
  }
  WatcherObject* const made = make_watcher(type, kEventKind, loop, referenced != 0, priority);
  return made == nullptr ? nullptr : object_of(*made);
}

PyObject* start(PyObject* object, PyObject* args) {
  if (PyTuple_GET_SIZE(args) == 0) {
    PyErr_SetString(PyExc_TypeError, "start() needs a callback");
    return nullptr;
  }
  const Ref<> rest{PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args))};
  if (!rest || !start_watcher(self(object), PyTuple_GET_ITEM(args, 0), rest.get())) return nullptr;
  Py_RETURN_NONE;
}

PyObject* stop(PyObject* object, PyObject*) {
  stop_watcher(self(object));
  Py_RETURN_NONE;
}

PyObject* close(PyObject* object, PyObject*) {
  return PyObject_CallMethod(object, "stop", nullptr);
}

PyObject* exit(PyObject* object, PyObject*) {
  return PyObject_CallMethod(object, "close", nullptr);
}

PyObject* enter(PyObject* object, PyObject*) { return Py_NewRef(object); }

PyObject* feed(PyObject* object, PyObject* args) {
  const Py_ssize_t size = PyTuple_GET_SIZE(args);
  if (size < 2) {
    PyErr_SetString(PyExc_TypeError, "feed() needs events and a callback");
    return nullptr;
  }
  const unsigned long events = PyLong_AsUnsignedLongMask(PyTuple_GET_ITEM(args, 0));
  if (PyErr_Occurred() != nullptr || !check_callback(PyTuple_GET_ITEM(args, 1))) return nullptr;
  WatcherObject& watcher = self(object);
  if (!check_loop(*watcher.loop)) return nullptr;
  Ref<> rest{PyTuple_GetSlice(args, 2, size)};
  if (!rest) return nullptr;
  Py_XSETREF(watcher.callback, Py_NewRef(PyTuple_GET_ITEM(args, 1)));
  Py_XSETREF(watcher.args, rest.release());
  hold(watcher);
  core_of(watcher).due().add(watcher, static_cast<std::uint32_t>(events));
  Py_RETURN_NONE;
}

PyObject* describe(PyObject* object) {
  const int within = Py_ReprEnter(object);
  if (within != 0) return within < 0 ? nullptr : PyUnicode_FromString("<...>");
  const WatcherObject& watcher = self(object);
  const Ref<> format{PyObject_CallMethod(object, "_format", nullptr)};
  PyObject* const text =
      !format
          ? nullptr
          : PyUnicode_FromFormat("<%s at %p%U%s%s callback=%R args=%R>", Py_TYPE(object)->tp_name,
                                 object, format.get(), watcher.active ? " active" : "",
                                 watcher.due_place != 0 ? " pending" : "",
                                 watcher.callback == nullptr ? Py_None : watcher.callback,
                                 watcher.args == nullptr ? Py_None : watcher.args);
  Py_ReprLeave(object);
  return text;
}

PyObject* format(PyObject*, PyObject*) { return PyUnicode_FromString(""); }

// --- properties ---

PyObject* get_callback(PyObject* object, void*) {
  PyObject* const callback = self(object).callback;
  return Py_NewRef(callback == nullptr ? Py_None : callback);
}

int set_callback(PyObject* object, PyObject* value, void*) {
  if (value == nullptr || value == Py_None) {
    Py_CLEAR(self(object).callback);
    return 0;
  }
  if (!check_callback(value)) return -1;
  Py_XSETREF(self(object).callback, Py_NewRef(value));
  return 0;
}

PyObject* get_args(PyObject* object, void*) {
  PyObject* const args = self(object).args;
  return Py_NewRef(args == nullptr ? Py_None : args);
}

int set_args(PyObject* object, PyObject* value, void*) {
  if (value == nullptr || value == Py_None) {
    Py_CLEAR(self(object).args);
    return 0;
  }
  if (!PyTuple_Check(value)) {
    PyErr_SetString(PyExc_TypeError, "args must be a tuple or None");
    return -1;
  }
  Py_XSETREF(self(object).args, Py_NewRef(value));
  return 0;
}

PyObject* get_ref(PyObject* object, void*) { return PyBool_FromLong(self(object).referenced); }

int set_ref(PyObject* object, PyObject* value, void*) {
  const int referenced = value == nullptr ? -1 : PyObject_IsTrue(value);
  if (referenced < 0 || !check_loop(*self(object).loop)) return -1;
  self(object).referenced = referenced != 0;
  count(self(object));
  return 0;
}

PyObject* get_priority(PyObject* object, void*) { return PyLong_FromLong(self(object).priority); }

// As libev does, the nearest one that there is. False: an exception is set.
bool read_priority(PyObject* value, std::int8_t& priority) {
  const long wanted = PyLong_AsLong(value);
  if (wanted == -1 && PyErr_Occurred() != nullptr) return false;
  priority = static_cast<std::int8_t>(std::clamp<long>(wanted, kLeastPriority, kGreatestPriority));
  return true;
}

int set_priority(PyObject* object, PyObject* value, void*) {
  WatcherObject& watcher = self(object);
  if (value == nullptr || watcher.active || watcher.due_place != 0) {
    PyErr_SetString(PyExc_AttributeError, "Cannot set priority of an active watcher");
    return -1;
  }
  return read_priority(value, watcher.priority) ? 0 : -1;
}

PyObject* get_active(PyObject* object, void*) { return PyBool_FromLong(self(object).active); }

PyObject* get_pending(PyObject* object, void*) {
  return PyBool_FromLong(self(object).due_place != 0 || self(object).sent);
}

PyMethodDef methods[] = {
    {"start", start, METH_VARARGS, "start(callback, *args): calls it in the hub from now on."},
    {"stop", stop, METH_NOARGS, "Calls it no more, until it is started again."},
    {"close", close, METH_NOARGS, "Stops it for good."},
    {"feed", feed, METH_VARARGS, "feed(events, callback, *args): calls it once, soon."},
    {"_format", format, METH_NOARGS, nullptr},
    {"__enter__", enter, METH_NOARGS, nullptr},
    {"__exit__", exit, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {{"loop", T_OBJECT, offsetof(WatcherObject, loop), READONLY, nullptr},
                         {nullptr, 0, 0, 0, nullptr}};

PyGetSetDef properties[] = {
    {"callback", get_callback, set_callback, nullptr, nullptr},
    {"args", get_args, set_args, nullptr, nullptr},
    {"ref", get_ref, set_ref, "It keeps the loop running while it is active.", nullptr},
    {"priority", get_priority, set_priority, nullptr, nullptr},
    {"active", get_active, nullptr, nullptr, nullptr},
    {"pending", get_pending, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, slot(make_event)},
                       {Py_tp_dealloc, slot(free_watcher)},
                       {Py_tp_traverse, slot(visit_watcher)},
                       {Py_tp_clear, slot(clear_watcher)},
                       {Py_tp_repr, slot(describe)},
                       {Py_tp_methods, methods},
                       {Py_tp_members, members},
                       {Py_tp_getset, properties},
                       {0, nullptr}};

PyType_Spec spec = {"_swarm.watcher", sizeof(WatcherObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

WatcherObject* make_watcher(PyTypeObject* type, const WatcherKind& kind, PyObject* loop,
                            bool referenced, PyObject* priority) {
  if (!is_loop(loop)) {
    PyErr_Format(PyExc_TypeError, "a loop of swarm is needed, not %R", loop);
    return nullptr;
  }
  std::int8_t number = 0;
  if (priority != Py_None && !read_priority(priority, number)) return nullptr;
  // Nothing can fail once it exists: what derives from it is not complete yet.
  PyObject* const made = type->tp_alloc(type, 0);
  if (made == nullptr) return nullptr;
  WatcherObject& watcher = self(made);
  watcher.kind = &kind;
  watcher.loop = &as<LoopObject>(Py_NewRef(loop));
  watcher.priority = number;
  watcher.referenced = referenced;
  return &watcher;
}

int visit_watcher(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self(object).loop);
  Py_VISIT(self(object).callback);
  Py_VISIT(self(object).args);
  return 0;
}

int clear_watcher(PyObject* object) {
  // The loop stays: stop() needs it, and it knows no watcher that is not active.
  Py_CLEAR(self(object).callback);
  Py_CLEAR(self(object).args);
  return 0;
}

void free_watcher(PyObject* object) {
  PyTypeObject* const type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  clear_watcher(object);
  Py_CLEAR(self(object).loop);
  type->tp_free(object);
  Py_DECREF(type);
}

bool start_watcher(WatcherObject& watcher, PyObject* callback, PyObject* args) {
  if (!check_loop(*watcher.loop) || !check_callback(callback)) return false;
  Py_XSETREF(watcher.callback, Py_NewRef(callback));
  Py_XSETREF(watcher.args, Py_NewRef(args));
  if (watcher.active) return true;
  if (!watcher.kind->begin(watcher)) return false;
  watcher.active = true;
  hold(watcher);
  count(watcher);
  core_of(watcher).enter(watcher);
  return true;
}

void end_watcher(WatcherObject& watcher) {
  if (!std::exchange(watcher.active, false)) return;
  watcher.kind->end(watcher);
  count(watcher);
  core_of(watcher).leave(watcher);
}

void stop_watcher(WatcherObject& watcher) {
  end_watcher(watcher);
  core_of(watcher).due().remove(watcher);
  const Ref<> callback{std::exchange(watcher.callback, nullptr)};
  const Ref<> args{std::exchange(watcher.args, nullptr)};
  if (std::exchange(watcher.held, false)) Py_DECREF(object_of(watcher));
}

void stop_by_name(WatcherObject& watcher) {
  if (watcher.kind != &kEventKind) return stop_watcher(watcher);
  const Ref<> result{PyObject_CallMethod(object_of(watcher), "stop", nullptr)};
  if (!result) PyErr_WriteUnraisable(object_of(watcher));
}

PyTypeObject* add_watcher_type(PyObject* module) { return add_type(module, spec); }

}  // namespace swarm::python
