#pragma once

#include <cstdint>

#include "worker/python/python_api.h"

namespace swarm::python {

struct LoopObject;
struct WatcherObject;

// What happened, as libev numbers it: code that uses gevent knows these numbers.
enum Event : std::uint32_t {
  kEventNone = 0,
  kEventRead = 1,
  kEventWrite = 2,
  kEventTimer = 0x100,
  kEventSignal = 0x400,
  kEventChild = 0x800,
  kEventStat = 0x1000,
  kEventIdle = 0x2000,
  kEventPrepare = 0x4000,
  kEventCheck = 0x8000,
  kEventFork = 0x20000,
  kEventAsync = 0x80000,
  kEventError = 0x80000000,
};

// What a kind of watchers does when one of them begins to watch, and when it ends.
struct WatcherKind {
  bool (*begin)(WatcherObject& watcher);  // false: an exception is set, it does not watch
  void (*end)(WatcherObject& watcher);
};

// gevent's watcher: calls a function in the hub when something has happened. Types of Python that
// derive from it have larger objects that begin with it.
// Thread  any that holds the interpreter's lock
struct WatcherObject {
  PyObject_HEAD const WatcherKind* kind;
  LoopObject* loop;         // owned
  PyObject* callback;       // owned, or null
  PyObject* args;           // owned, a tuple, or null
  WatcherObject* previous;  // in the loop's ring of those that watch
  WatcherObject* next;
  std::uint32_t events;     // what it is due for
  std::uint32_t due_place;  // 1 + its place among those that are due; 0: it is not
  std::int8_t priority;     // -2 to 2; higher ones are served first
  bool active;              // watches
  bool referenced;          // keeps the loop running while it watches
  bool counted;             // the loop counts it as such
  bool held;                // owns a reference to itself: it is active or due
  bool sent;                // from another thread, perhaps, and not yet due
};

// Allocates one; the rest of what the type has is zero.
WatcherObject* make_watcher(PyTypeObject* type, const WatcherKind& kind, PyObject* loop,
                            bool referenced, PyObject* priority);
int visit_watcher(PyObject* object, visitproc visit, void* arg);
int clear_watcher(PyObject* object);
// A type's tp_dealloc, once it has destroyed what is its own.
void free_watcher(PyObject* object);

// Calls `callback(*args)` from now on. False: an exception is set.
bool start_watcher(WatcherObject& watcher, PyObject* callback, PyObject* args);
void stop_watcher(WatcherObject& watcher);
// It watches no more, of its own (a timer that fired), but may still be due.
void end_watcher(WatcherObject& watcher);
// stop(), as its type in Python has it.
void stop_by_name(WatcherObject& watcher);

// The base of all, exported as `watcher`.
PyTypeObject* add_watcher_type(PyObject* module);
// The kinds, each derived from it.
int add_io_type(PyObject* module, PyTypeObject* base);
int add_timer_type(PyObject* module, PyTypeObject* base);
int add_async_type(PyObject* module, PyTypeObject* base);
int add_signal_type(PyObject* module, PyTypeObject* base);
int add_moment_types(PyObject* module, PyTypeObject* base);

}  // namespace swarm::python
