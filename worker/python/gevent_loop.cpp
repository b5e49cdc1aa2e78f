#include "worker/python/gevent_loop.h"

#include <chrono>
#include <cstddef>
#include <exception>

namespace swarm::python {
namespace {

PyTypeObject* loop_type = nullptr;
// The types of the hot watchers, which the loop makes.
PyObject *io_type = nullptr, *timer_type = nullptr, *async_type = nullptr;

LoopObject& self(PyObject* object) { return as<LoopObject>(object); }
GeventCore& core_of(PyObject* object) { return *self(object).core; }

// Null if it was destroyed: an exception is set.
GeventCore* living(PyObject* object) {
  return check_loop(self(object)) ? self(object).core : nullptr;
}

PyObject* make_loop(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"flags", "default", nullptr};
  PyObject *flags = Py_None, *wanted = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|OO:loop", const_cast<char**>(kNames), &flags,
                                   &wanted)) {
    return nullptr;
  }
  const int is_default = wanted == Py_None ? 1 : PyObject_IsTrue(wanted);
  if (is_default < 0) return nullptr;
  Ref<> made{type->tp_alloc(type, 0)};
  if (!made) return nullptr;
  try {
    self(made.get()).core = new GeventCore(self(made.get()), is_default != 0);
  } catch (const std::exception& reason) {  // of the kernel: no descriptors
    PyErr_SetString(PyExc_OSError, reason.what());
    return nullptr;
  }
  return made.release();
}

int visit_loop(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self(object).error_handler);
  return self(object).core == nullptr ? 0 : core_of(object).callbacks().visit_all(visit, arg);
}

int clear_loop(PyObject* object) {
  Py_CLEAR(self(object).error_handler);
  if (self(object).core != nullptr) core_of(object).clear_callbacks();
  return 0;
}

void free_loop(PyObject* object) {
  PyTypeObject* const type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  clear_loop(object);
  delete self(object).core;
  type->tp_free(object);
  Py_DECREF(type);
}

// --- running ---

PyObject* run(PyObject* object, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"nowait", "once", nullptr};
  int nowait = 0, once = 0;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "|pp:run", const_cast<char**>(kNames), &nowait,
                                   &once)) {
    return nullptr;
  }
  GeventCore* const core = living(object);
  if (core == nullptr) return nullptr;
  const auto hub = Ref<>::to(self(object).error_handler);
  core->run(nowait != 0, once != 0, hub.get());
  Py_RETURN_NONE;
}

PyObject* break_loop(PyObject* object, PyObject* args) {
  int how = 1;
  if (!PyArg_ParseTuple(args, "|i:break_", &how)) return nullptr;
  GeventCore* const core = living(object);
  if (core == nullptr) return nullptr;
  using Break = GeventCore::Break;
  core->stop_running(how == 0 ? Break::None : how == 1 ? Break::One : Break::All);
  Py_RETURN_NONE;
}

PyObject* destroy(PyObject* object, PyObject*) {
  core_of(object).destroy();
  Py_RETURN_NONE;
}

PyObject* ref(PyObject* object, PyObject*) {
  GeventCore* const core = living(object);
  if (core == nullptr) return nullptr;
  core->count(1);
  Py_RETURN_NONE;
}

PyObject* unref(PyObject* object, PyObject*) {
  GeventCore* const core = living(object);
  if (core == nullptr) return nullptr;
  core->count(-1);
  Py_RETURN_NONE;
}

PyObject* now(PyObject* object, PyObject*) {
  GeventCore* const core = living(object);
  return core == nullptr ? nullptr : PyFloat_FromDouble(seconds_of(core->now()));
}

PyObject* update_now(PyObject* object, PyObject*) {
  GeventCore* const core = living(object);
  if (core == nullptr) return nullptr;
  core->update_now();
  Py_RETURN_NONE;
}

// --- callbacks and watchers ---

PyObject* run_callback(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  GeventCore* const core = living(object);
  if (core == nullptr) return nullptr;
  if (count == 0) {
    PyErr_SetString(PyExc_TypeError, "run_callback() needs a function");
    return nullptr;
  }
  const Ref<> rest{PyTuple_New(count - 1)};
  if (!rest) return nullptr;
  for (Py_ssize_t i = 1; i < count; ++i) PyTuple_SET_ITEM(rest.get(), i - 1, Py_NewRef(args[i]));
  Ref<CallbackObject> callback = core->add_callback(args[0], rest.get());
  return callback ? object_of(*callback.release()) : nullptr;
}

PyObject* clear_callbacks(PyObject* object, PyObject*) {
  core_of(object).clear_callbacks();
  Py_RETURN_NONE;
}

// type(loop, *args, **keywords)
PyObject* make_of(PyObject* type, PyObject* loop, PyObject* const* args, Py_ssize_t count,
                  PyObject* names) {
  const Py_ssize_t keywords = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
  PyObject* all[8];
  if (count + keywords >= 8) {
    PyErr_SetString(PyExc_TypeError, "too many arguments");
    return nullptr;
  }
  all[0] = loop;
  std::copy_n(args, count + keywords, all + 1);
  return PyObject_Vectorcall(type, all, static_cast<std::size_t>(count) + 1, names);
}

PyObject* make_io(PyObject* object, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return make_of(io_type, object, args, count, names);
}

PyObject* make_timer(PyObject* object, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return make_of(timer_type, object, args, count, names);
}

PyObject* make_async(PyObject* object, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return make_of(async_type, object, args, count, names);
}

PyObject* closing_fd(PyObject* object, PyObject* argument) {
  GeventCore* const core = living(object);
  const long fd = PyLong_AsLong(argument);
  if (core == nullptr || (fd == -1 && PyErr_Occurred() != nullptr)) return nullptr;
  const std::size_t before = core->due().size();
  if (fd >= 0) core->io().announce(static_cast<int>(fd));
  return PyBool_FromLong(core->due().size() > before);
}

// --- what it tells of itself ---

PyObject* get_default(PyObject* object, void*) {
  const GeventCore& core = core_of(object);
  return PyBool_FromLong(core.is_default() && !core.destroyed());
}

PyObject* get_ptr(PyObject* object, void*) {
  return core_of(object).destroyed() ? PyLong_FromLong(0) : PyLong_FromVoidPtr(self(object).core);
}

PyObject* get_iteration(PyObject* object, void*) {
  return PyLong_FromUnsignedLongLong(core_of(object).iteration());
}

PyObject* get_depth(PyObject* object, void*) { return PyLong_FromLong(core_of(object).depth()); }

PyObject* get_pendingcnt(PyObject* object, void*) {
  return PyLong_FromSize_t(core_of(object).due().size());
}

PyObject* get_activecnt(PyObject* object, void*) {
  GeventCore* const core = living(object);
  return core == nullptr ? nullptr : PyLong_FromLong(core->references());
}

PyObject* get_callback_count(PyObject* object, void*) {
  return PyLong_FromSize_t(core_of(object).callbacks().size());
}

PyMethodDef methods[] = {
    {"run", method(run), METH_VARARGS | METH_KEYWORDS,
     "run(nowait=False, once=False): until nothing keeps it running."},
    {"break_", break_loop, METH_VARARGS, "Has run() return."},
    {"destroy", destroy, METH_NOARGS, "Stops all watchers, for good."},
    {"ref", ref, METH_NOARGS, "One thing more keeps it running."},
    {"unref", unref, METH_NOARGS, "One thing less keeps it running."},
    {"now", now, METH_NOARGS, "When the present turn began, in seconds since the epoch."},
    {"update_now", update_now, METH_NOARGS, "Has now() be now."},
    {"update", update_now, METH_NOARGS, "Has now() be now."},
    {"run_callback", method(run_callback), METH_FASTCALL,
     "run_callback(function, *args): calls it in the hub, soon."},
    {"run_callback_threadsafe", method(run_callback), METH_FASTCALL, "The same, from any thread."},
    {"_clear_callbacks", clear_callbacks, METH_NOARGS, nullptr},
    {"io", method(make_io), METH_FASTCALL | METH_KEYWORDS,
     "io(fd, events, ref=True, priority=None)"},
    {"timer", method(make_timer), METH_FASTCALL | METH_KEYWORDS,
     "timer(after, repeat=0.0, ref=True, priority=None)"},
    {"async_", method(make_async), METH_FASTCALL | METH_KEYWORDS,
     "async_(ref=True, priority=None)"},
    {"async", method(make_async), METH_FASTCALL | METH_KEYWORDS, "async_(ref=True, priority=None)"},
    {"closing_fd", closing_fd, METH_O,
     "Whoever watches the descriptor is called; whether there is anybody."},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {
    {"error_handler", T_OBJECT, offsetof(LoopObject, error_handler), 0, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

PyGetSetDef properties[] = {{"default", get_default, nullptr, nullptr, nullptr},
                            {"ptr", get_ptr, nullptr, nullptr, nullptr},
                            {"iteration", get_iteration, nullptr, nullptr, nullptr},
                            {"depth", get_depth, nullptr, nullptr, nullptr},
                            {"pendingcnt", get_pendingcnt, nullptr, nullptr, nullptr},
                            {"activecnt", get_activecnt, nullptr, nullptr, nullptr},
                            {"_callback_count", get_callback_count, nullptr, nullptr, nullptr},
                            {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, slot(make_loop)},       {Py_tp_dealloc, slot(free_loop)},
                       {Py_tp_traverse, slot(visit_loop)}, {Py_tp_clear, slot(clear_loop)},
                       {Py_tp_methods, methods},           {Py_tp_members, members},
                       {Py_tp_getset, properties},         {0, nullptr}};

PyType_Spec spec = {"_swarm.GeventLoop", sizeof(LoopObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

bool is_loop(PyObject* object) { return PyObject_TypeCheck(object, loop_type) != 0; }

int is_process_loop(PyObject* object) {
  return is_loop(object) && core_of(object).is_default() ? 1 : 0;
}

bool check_loop(const LoopObject& loop) {
  if (!loop.core->destroyed()) return true;
  PyErr_SetString(PyExc_ValueError, "operation on destroyed loop");
  return false;
}

double seconds_of(TimePoint when) {
  using std::chrono::system_clock;
  static const auto kEpoch =
      system_clock::now().time_since_epoch() - read_clock().time_since_epoch();
  return std::chrono::duration<double>(kEpoch + when.time_since_epoch()).count();
}

PyTypeObject* add_loop_type(PyObject* module) {
  io_type = PyObject_GetAttrString(module, "io");
  timer_type = PyObject_GetAttrString(module, "timer");
  async_type = PyObject_GetAttrString(module, "async_");
  if (io_type == nullptr || timer_type == nullptr || async_type == nullptr) return nullptr;
  return loop_type = add_type(module, spec);
}

}  // namespace swarm::python
