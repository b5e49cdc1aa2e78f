#pragma once

#include <cstddef>

#include "worker/python/python_api.h"

namespace swarm::python {

// gevent's callback: a function that the hub calls once, soon. `callback` is null from the moment
// in which it is called (it is no longer pending), `args` once that is over (it is false).
struct CallbackObject {
  PyObject_HEAD PyObject* callback;  // owned, or null
  PyObject* args;                    // owned, a tuple, or null
  CallbackObject* next;              // behind it in the queue
};

// Callbacks in the order in which they came.
// Thread  any that holds the interpreter's lock
class CallbackQueue {
 public:
  CallbackQueue() = default;
  CallbackQueue(const CallbackQueue&) = delete;
  CallbackQueue& operator=(const CallbackQueue&) = delete;
  ~CallbackQueue() { clear(); }

  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }
  // A new one at the end. Null: an exception is set.
  Ref<CallbackObject> add(PyObject* function, PyObject* args);
  // REQUIRES: not empty.
  Ref<CallbackObject> take();
  void clear();
  int visit_all(visitproc visit, void* arg) const;

 private:
  CallbackObject* first_ = nullptr;  // owned, as is each one's next
  CallbackObject* last_ = nullptr;
  std::size_t size_ = 0;
};

// Calls it, unless it was stopped. False: an exception is set.
bool call(CallbackObject& callback);
// It was called, and whatever came of it is done.
void finish(CallbackObject& callback);

int add_callback_type(PyObject* module);

}  // namespace swarm::python
