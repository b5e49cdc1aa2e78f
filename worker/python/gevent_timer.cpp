// The type `timer`.

#include <algorithm>
#include <cstddef>
#include <new>

#include "worker/python/gevent_loop.h"
#include "worker/python/gevent_watcher.h"
#include "worker/python/pauses.h"

namespace swarm::python {
namespace {

struct TimerObject;

class Alarm final : public Timer {
 public:
  Alarm(Loop& loop, TimerObject& owner) : Timer(loop), owner_(owner) {}

 private:
  void expired() override;
  TimerObject& owner_;
};

struct TimerObject {
  WatcherObject base;
  Duration after;   // from its start to the first time
  Duration repeat;  // zero: once
  Alarm alarm;
};

TimerObject& self(PyObject* object) { return as<TimerObject>(object); }
TimerObject& timer_of(WatcherObject& watcher) { return reinterpret_cast<TimerObject&>(watcher); }
GeventCore& core_of(const TimerObject& timer) { return *timer.base.loop->core; }

void Alarm::expired() {
  if (owner_.repeat > Duration{}) {
    // What was missed is not made up for.
    schedule(std::max(when() + owner_.repeat, loop().now()));
  } else {
    end_watcher(owner_.base);
  }
  core_of(owner_).due().add(owner_.base, kEventTimer);
}

bool begin(WatcherObject& watcher) {
  TimerObject& timer = timer_of(watcher);
  timer.alarm.schedule(core_of(timer).now() + timer.after);
  return true;
}

void end(WatcherObject& watcher) { timer_of(watcher).alarm.cancel(); }

constexpr WatcherKind kKind{begin, end};

PyObject* make_timer(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"loop", "after", "repeat", "ref", "priority", nullptr};
  PyObject *loop = nullptr, *priority = Py_None;
  double after = 0, repeat = 0;
  int referenced = 1;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|ddpO:timer", const_cast<char**>(kNames),
                                   &loop, &after, &repeat, &referenced, &priority)) {
    return nullptr;
  }
  if (repeat < 0) {
    const Ref<> shown{PyFloat_FromDouble(repeat)};
    PyErr_Format(PyExc_ValueError, "repeat must be positive or zero: %R", shown.get());
    return nullptr;
  }
  WatcherObject* const made = make_watcher(type, kKind, loop, referenced != 0, priority);
  if (made == nullptr) return nullptr;
  TimerObject& timer = timer_of(*made);
  timer.after = duration_of(after);
  timer.repeat = duration_of(repeat);
  new (&timer.alarm) Alarm(made->loop->core->loop(), timer);
  return object_of(timer);
}

void free_timer(PyObject* object) {
  self(object).alarm.~Alarm();
  free_watcher(object);
}

// The words of start() and again(): whether the time counts from now, or from the loop's idea of
// now. Less than zero: an exception is set.
int update_of(PyObject* keywords) {
  PyObject* update = Py_None;
  if (keywords != nullptr) {
    static const char* const kNames[] = {"update", nullptr};
    const Ref<> nothing{PyTuple_New(0)};
    if (!nothing || !PyArg_ParseTupleAndKeywords(nothing.get(), keywords, "|O:start",
                                                 const_cast<char**>(kNames), &update)) {
      return -1;
    }
  }
  return update == Py_None ? 1 : PyObject_IsTrue(update);
}

PyObject* start(PyObject* object, PyObject* args, PyObject* keywords) {
  const Py_ssize_t size = PyTuple_GET_SIZE(args);
  if (size == 0) {
    PyErr_SetString(PyExc_TypeError, "start() needs a callback");
    return nullptr;
  }
  const int update = update_of(keywords);
  const Ref<> rest{update < 0 ? nullptr : PyTuple_GetSlice(args, 1, size)};
  if (!rest) return nullptr;
  TimerObject& timer = self(object);
  if (update != 0) core_of(timer).update_now();
  if (!start_watcher(timer.base, PyTuple_GET_ITEM(args, 0), rest.get())) return nullptr;
  Py_RETURN_NONE;
}

// From now on every `repeat`, however it stood before; stopped if there is no `repeat`.
PyObject* again(PyObject* object, PyObject* args, PyObject* keywords) {
  TimerObject& timer = self(object);
  const bool was_active = timer.base.active;
  if (!was_active && timer.repeat == Duration{}) Py_RETURN_NONE;
  const Ref<> started{start(object, args, keywords)};
  if (!started) return nullptr;
  core_of(timer).due().remove(timer.base);
  if (timer.repeat == Duration{}) {
    end_watcher(timer.base);
  } else {
    timer.alarm.schedule(core_of(timer).now() + timer.repeat);
  }
  Py_RETURN_NONE;
}

PyObject* get_at(PyObject* object, void*) {
  return PyFloat_FromDouble(seconds_of(self(object).alarm.when()));
}

PyMethodDef methods[] = {
    {"start", method(start), METH_VARARGS | METH_KEYWORDS,
     "start(callback, *args, update=True): calls it when the time has come."},
    {"again", method(again), METH_VARARGS | METH_KEYWORDS,
     "again(callback, *args, update=True): as start, with `repeat` as the first time as well."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef properties[] = {{"at", get_at, nullptr, nullptr, nullptr},
                            {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, slot(make_timer)},
                       {Py_tp_dealloc, slot(free_timer)},
                       {Py_tp_traverse, slot(visit_watcher)},
                       {Py_tp_clear, slot(clear_watcher)},
                       {Py_tp_methods, methods},
                       {Py_tp_getset, properties},
                       {0, nullptr}};

PyType_Spec spec = {"_swarm.timer", sizeof(TimerObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

int add_timer_type(PyObject* module, PyTypeObject* base) {
  return add_type(module, spec, base) == nullptr ? -1 : 0;
}

}  // namespace swarm::python
