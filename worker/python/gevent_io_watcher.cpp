// The type `io`: descriptors.

#include <fcntl.h>

#include <cerrno>
#include <cstddef>

#include "worker/python/gevent_io.h"
#include "worker/python/gevent_loop.h"

namespace swarm::python {
namespace {

constexpr int kEverything = kEventRead | kEventWrite;
constexpr int kLibevMark = 0x80;  // which code that knows libev may pass along

IoObject& self(PyObject* object) { return as<IoObject>(object); }
IoObject& io_of(WatcherObject& watcher) { return reinterpret_cast<IoObject&>(watcher); }

bool begin(WatcherObject& watcher) {
  watcher.loop->core->io().add(io_of(watcher));
  return true;
}

void end(WatcherObject& watcher) { watcher.loop->core->io().remove(io_of(watcher)); }

constexpr WatcherKind kKind{begin, end};

bool check_fd(int fd) {
  if (fd < 0) {
    PyErr_Format(PyExc_ValueError, "fd must be non-negative: %d", fd);
    return false;
  }
  if (::fcntl(fd, F_GETFD) >= 0) return true;
  const Ref<> text{PyUnicode_FromFormat("Invalid file descriptor %d", fd)};
  const Ref<> error{text ? PyObject_CallFunction(PyExc_OSError, "iO", EBADF, text.get()) : nullptr};
  if (error) PyErr_SetObject(PyExc_OSError, error.get());
  return false;
}

bool check_events(int events) {
  if ((events & ~(kEverything | kLibevMark)) == 0) return true;
  PyErr_Format(PyExc_ValueError, "illegal event mask: %d", events);
  return false;
}

PyObject* make_io(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"loop", "fd", "events", "ref", "priority", nullptr};
  PyObject *loop = nullptr, *priority = Py_None;
  int fd = -1, events = 0, referenced = 1;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "Oii|pO:io", const_cast<char**>(kNames), &loop,
                                   &fd, &events, &referenced, &priority) ||
      !check_fd(fd) || !check_events(events)) {
    return nullptr;
  }
  WatcherObject* const made = make_watcher(type, kKind, loop, referenced != 0, priority);
  if (made == nullptr) return nullptr;
  IoObject& io = io_of(*made);
  io.fd = fd;
  io.events = static_cast<std::uint32_t>(events & kEverything);
  io.fresh = true;
  return object_of(io);
}

PyObject* start(PyObject* object, PyObject* args, PyObject* keywords) {
  int pass_events = 0;
  if (keywords != nullptr) {
    static const char* const kNames[] = {"pass_events", nullptr};
    const Ref<> nothing{PyTuple_New(0)};
    if (!nothing || !PyArg_ParseTupleAndKeywords(nothing.get(), keywords, "|p:start",
                                                 const_cast<char**>(kNames), &pass_events)) {
      return nullptr;
    }
  }
  const Py_ssize_t size = PyTuple_GET_SIZE(args);
  if (size == 0) {
    PyErr_SetString(PyExc_TypeError, "start() needs a callback");
    return nullptr;
  }
  Ref<> rest{PyTuple_GetSlice(args, 1, size)};
  if (rest && pass_events != 0) {
    const Ref<> marker{PyTuple_Pack(1, events_marker())};
    rest = Ref<>{marker ? PySequence_Concat(marker.get(), rest.get()) : nullptr};
  }
  if (!rest || !start_watcher(self(object).base, PyTuple_GET_ITEM(args, 0), rest.get())) {
    return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* get_fd(PyObject* object, void*) { return PyLong_FromLong(self(object).fd); }
PyObject* get_events(PyObject* object, void*) {
  return PyLong_FromUnsignedLong(self(object).events);
}

// Less than zero: an exception is set.
int number_for(PyObject* object, PyObject* value, const char* name) {
  if (value == nullptr || self(object).base.active) {
    PyErr_Format(PyExc_AttributeError, "'%s' is read-only while the watcher is active", name);
    return -1;
  }
  const long number = PyLong_AsLong(value);
  if (number >= 0 && number <= INT_MAX) return static_cast<int>(number);
  if (PyErr_Occurred() == nullptr) PyErr_Format(PyExc_ValueError, "illegal %s: %ld", name, number);
  return -1;
}

int set_fd(PyObject* object, PyObject* value, void*) {
  const int fd = number_for(object, value, "fd");
  if (fd < 0 || !check_fd(fd)) return -1;
  self(object).fd = fd;
  self(object).fresh = true;
  return 0;
}

int set_events(PyObject* object, PyObject* value, void*) {
  const int events = number_for(object, value, "events");
  if (events < 0 || !check_events(events)) return -1;
  self(object).events = static_cast<std::uint32_t>(events & kEverything);
  return 0;
}

PyObject* format(PyObject* object, PyObject*) {
  const Ref<> events{PyObject_GetAttrString(object, "events_str")};
  return events ? PyUnicode_FromFormat(" fd=%d events=%U", self(object).fd, events.get()) : nullptr;
}

PyObject* get_events_str(PyObject* object, void*) {
  constexpr const char* kWords[] = {"", "READ", "WRITE", "READ|WRITE"};
  return PyUnicode_FromString(kWords[self(object).events]);
}

PyMethodDef methods[] = {
    {"start", method(start), METH_VARARGS | METH_KEYWORDS,
     "start(callback, *args, pass_events=False): calls it whenever the descriptor is ready."},
    {"_format", format, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef properties[] = {{"fd", get_fd, set_fd, nullptr, nullptr},
                            {"events", get_events, set_events, nullptr, nullptr},
                            {"events_str", get_events_str, nullptr, nullptr, nullptr},
                            {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {{Py_tp_new, slot(make_io)},
                       {Py_tp_dealloc, slot(free_watcher)},
                       {Py_tp_traverse, slot(visit_watcher)},
                       {Py_tp_clear, slot(clear_watcher)},
                       {Py_tp_methods, methods},
                       {Py_tp_getset, properties},
                       {0, nullptr}};

PyType_Spec spec = {"_swarm.io", sizeof(IoObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

int add_io_type(PyObject* module, PyTypeObject* base) {
  return add_type(module, spec, base) == nullptr ? -1 : 0;
}

}  // namespace swarm::python
