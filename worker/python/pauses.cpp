#include "worker/python/pauses.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "worker/python/extension.h"
#include "worker/python/greenlets.h"
#include "worker/python/process_loop.h"

namespace swarm::python {
namespace {

// On the heap, as the timer points to it.
class Pause final : private Timer {
 public:
  Pause() : Timer(process_loop()) {}

  bool until(TimePoint when) {
    schedule(when);
    return park(parked_);
  }

 private:
  void expired() override { wake(parked_); }
  Parked parked_;
};

// In another thread than the loop's, gevent does it with the hub of that thread.
PyObject* sleep_elsewhere(PyObject* seconds) {
  const Ref<> gevent{PyImport_ImportModule("gevent.hub")};
  return gevent ? PyObject_CallMethod(gevent.get(), "sleep", "O", seconds) : nullptr;
}

PyObject* sleep(PyObject*, PyObject* argument) {
  const double seconds = PyFloat_AsDouble(argument);
  if (seconds == -1 && PyErr_Occurred() != nullptr) return nullptr;
  const int here = parks_here();
  if (here < 0) return nullptr;
  if (here == 0) return sleep_elsewhere(argument);
  if (!(seconds > 0 ? pause_until(read_clock() + duration_of(seconds)) : pause_for_a_turn())) {
    return nullptr;
  }
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {{"sleep", sleep, METH_O,
                            "sleep(seconds)\n--\n\nLets other greenlets run for so long; for one "
                            "turn if it is not above 0."},
                           {nullptr, nullptr, 0, nullptr}};

}  // namespace

Duration duration_of(double seconds) {
  constexpr double kCentury = 100.0 * 365 * 24 * 3600;
  if (std::isnan(seconds)) return {};
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>{std::clamp(seconds, -kCentury, kCentury)});
}

bool pause_until(TimePoint when) { return std::make_unique<Pause>()->until(when); }

bool pause_for_a_turn() { return park_for_a_turn(*std::make_unique<Parked>()); }

int add_pauses(PyObject* module) { return PyModule_AddFunctions(module, functions); }

}  // namespace swarm::python
