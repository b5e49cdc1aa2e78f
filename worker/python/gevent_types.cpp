// What the module has of gevent's loop: the types, a marker, and what a child does after a fork.

#include "worker/python/extension.h"
#include "worker/python/gevent_callback.h"
#include "worker/python/gevent_loop.h"
#include "worker/python/gevent_watcher.h"

namespace swarm::python {
namespace {

PyObject* marker = nullptr;

PyObject* describe_marker(PyObject*) { return PyUnicode_FromString("gevent.core.EVENTS"); }

PyType_Slot marker_slots[] = {{Py_tp_repr, slot(describe_marker)}, {0, nullptr}};

PyType_Spec marker_spec = {"_swarm.EventsMarker", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT,
                           marker_slots};

int add_marker(PyObject* module) {
  PyTypeObject* const type = add_type(module, marker_spec);
  if (type == nullptr) return -1;
  marker = PyObject_CallNoArgs(reinterpret_cast<PyObject*>(type));
  return marker == nullptr ? -1 : PyModule_AddObjectRef(module, "EVENTS", marker);
}

PyObject* after_fork(PyObject*, PyObject*) {
  GeventCore::after_fork();
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {
    {"_after_fork", after_fork, METH_NOARGS, "What a child does first: its loops are its own."},
    {nullptr, nullptr, 0, nullptr}};

// Before any other code of the child runs: to stop a watcher of the parent's would stop it there.
int call_after_forks(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) return -1;
  const Ref<> os{PyImport_ImportModule("os")};
  const Ref<> enroll{os ? PyObject_GetAttrString(os.get(), "register_at_fork") : nullptr};
  const Ref<> function{PyObject_GetAttrString(module, "_after_fork")};
  const Ref<> nothing{PyTuple_New(0)};
  const Ref<> keywords{PyDict_New()};
  if (!enroll || !function || !nothing || !keywords ||
      PyDict_SetItemString(keywords.get(), "after_in_child", function.get()) < 0) {
    return -1;
  }
  return Ref<>{PyObject_Call(enroll.get(), nothing.get(), keywords.get())} ? 0 : -1;
}

}  // namespace

PyObject* events_marker() { return marker; }

int add_gevent_loop(PyObject* module) {
  PyTypeObject* const watcher = add_watcher_type(module);
  const bool added = watcher != nullptr && add_marker(module) == 0 &&
                     add_callback_type(module) == 0 && add_io_type(module, watcher) == 0 &&
                     add_timer_type(module, watcher) == 0 && add_async_type(module, watcher) == 0 &&
                     add_signal_type(module, watcher) == 0 &&
                     add_moment_types(module, watcher) == 0 && add_loop_type(module) != nullptr &&
                     call_after_forks(module) == 0;
  return added ? 0 : -1;
}

}  // namespace swarm::python
