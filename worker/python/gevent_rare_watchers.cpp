// The types `async_`, `signal`, and those of the moments of a turn: `prepare`, `check`, `idle`,
// `fork`.

#include <csignal>
#include <cstddef>

#include "worker/python/gevent_loop.h"
#include "worker/python/gevent_signals.h"
#include "worker/python/gevent_watcher.h"

namespace swarm::python {
namespace {

GeventCore& core_of(const WatcherObject& watcher) { return *watcher.loop->core; }

struct OwnWords {
  PyObject* loop = nullptr;
  PyObject* priority = Py_None;
  int referenced = 1;
};

// False: an exception is set.
bool read_words(PyObject* args, PyObject* keywords, OwnWords& words) {
  static const char* const kNames[] = {"loop", "ref", "priority", nullptr};
  return PyArg_ParseTupleAndKeywords(args, keywords, "O|pO:watcher", const_cast<char**>(kNames),
                                     &words.loop, &words.referenced, &words.priority) != 0;
}

PyObject* make_plain(PyTypeObject* type, const WatcherKind& kind, PyObject* args,
                     PyObject* keywords) {
  OwnWords words;
  if (!read_words(args, keywords, words)) return nullptr;
  WatcherObject* const made =
      make_watcher(type, kind, words.loop, words.referenced != 0, words.priority);
  return made == nullptr ? nullptr : object_of(*made);
}

// --- async_ ---

constexpr WatcherKind kAsync{[](WatcherObject&) { return true; },
                             [](WatcherObject& watcher) { core_of(watcher).unsend(watcher); }};

PyObject* make_async(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  return make_plain(type, kAsync, args, keywords);
}

PyObject* send(PyObject* object, PyObject*) {
  auto& watcher = as<WatcherObject>(object);
  if (!check_loop(*watcher.loop)) return nullptr;
  if (watcher.active) core_of(watcher).send(watcher);
  Py_RETURN_NONE;
}

PyMethodDef async_methods[] = {{"send", send, METH_NOARGS, "Has it called; from any thread."},
                               {"send_ignoring_arg", send, METH_O, "The same."},
                               {nullptr, nullptr, 0, nullptr}};

PyType_Slot async_slots[] = {
    {Py_tp_new, slot(make_async)},         {Py_tp_dealloc, slot(free_watcher)},
    {Py_tp_traverse, slot(visit_watcher)}, {Py_tp_clear, slot(clear_watcher)},
    {Py_tp_methods, async_methods},        {0, nullptr}};

PyType_Spec async_spec = {"_swarm.async_", sizeof(WatcherObject), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
                          async_slots};

// --- signal ---

SignalObject& signal_of(WatcherObject& watcher) { return reinterpret_cast<SignalObject&>(watcher); }

constexpr WatcherKind kSignal{
    [](WatcherObject& watcher) { return core_of(watcher).signals().add(signal_of(watcher)); },
    [](WatcherObject& watcher) { core_of(watcher).signals().remove(signal_of(watcher)); }};

PyObject* make_signal(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"loop", "signalnum", "ref", "priority", nullptr};
  OwnWords words;
  int number = 0;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "Oi|pO:signal", const_cast<char**>(kNames),
                                   &words.loop, &number, &words.referenced, &words.priority)) {
    return nullptr;
  }
  if (number < 1 || number >= NSIG) {
    PyErr_Format(PyExc_ValueError, "illegal signal number: %d", number);
    return nullptr;
  }
  WatcherObject* const made =
      make_watcher(type, kSignal, words.loop, words.referenced != 0, words.priority);
  if (made == nullptr) return nullptr;
  signal_of(*made).number = number;
  return object_of(*made);
}

PyType_Slot signal_slots[] = {{Py_tp_new, slot(make_signal)},
                              {Py_tp_dealloc, slot(free_watcher)},
                              {Py_tp_traverse, slot(visit_watcher)},
                              {Py_tp_clear, slot(clear_watcher)},
                              {0, nullptr}};

PyType_Spec signal_spec = {"_swarm.signal", sizeof(SignalObject), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
                           signal_slots};

// --- moments ---

using Moment = GeventCore::Moment;

template <Moment kMoment>
constexpr WatcherKind kAt{
    [](WatcherObject& watcher) {
      core_of(watcher).at(kMoment).push_back(&watcher);
      return true;
    },
    [](WatcherObject& watcher) { std::erase(core_of(watcher).at(kMoment), &watcher); }};

template <Moment kMoment>
PyObject* make_at(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  return make_plain(type, kAt<kMoment>, args, keywords);
}

template <Moment kMoment>
int add_moment(PyObject* module, PyTypeObject* base, const char* name) {
  PyType_Slot slots[] = {{Py_tp_new, slot(make_at<kMoment>)},
                         {Py_tp_dealloc, slot(free_watcher)},
                         {Py_tp_traverse, slot(visit_watcher)},
                         {Py_tp_clear, slot(clear_watcher)},
                         {0, nullptr}};
  PyType_Spec spec = {name, sizeof(WatcherObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, slots};
  return add_type(module, spec, base) == nullptr ? -1 : 0;
}

}  // namespace

int add_async_type(PyObject* module, PyTypeObject* base) {
  return add_type(module, async_spec, base) == nullptr ? -1 : 0;
}

int add_signal_type(PyObject* module, PyTypeObject* base) {
  return add_type(module, signal_spec, base) == nullptr ? -1 : 0;
}

int add_moment_types(PyObject* module, PyTypeObject* base) {
  const bool added = add_moment<Moment::Prepare>(module, base, "_swarm.prepare") == 0 &&
                     add_moment<Moment::Check>(module, base, "_swarm.check") == 0 &&
                     add_moment<Moment::Idle>(module, base, "_swarm.idle") == 0 &&
                     add_moment<Moment::Fork>(module, base, "_swarm.fork") == 0;
  return added ? 0 : -1;
}

}  // namespace swarm::python
