#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "worker/python/python_api.h"

struct _greenlet;

namespace swarm::python {

// A greenlet that waits for something of ours, and its place on the list of those that are ready.
// A member of whatever completes, which lies on the heap: the stack of a greenlet that waits is not
// where it was.
class Parked {
 public:
  Parked() = default;
  Parked(const Parked&) = delete;
  Parked& operator=(const Parked&) = delete;
  // Leaves the list of those that are ready.
  ~Parked();

  bool waiting() const { return greenlet_ != nullptr; }

  // Memory that the greenlet touches when it goes on, which is fetched shortly before. Any address
  // will do, null as well.
  std::array<const void*, 9> touched{};

 private:
  friend class ReadyList;
  friend bool park(Parked& parked);
  friend bool park_for_a_turn(Parked& parked);
  friend void wake(Parked& parked);
  friend void run_ready(void (*report)(void* context, PyObject* greenlet), void* context);
  bool switch_out(PyObject* hub);
  void foresee() const;
  void foresee_again() const;

  _greenlet* greenlet_ = nullptr;  // owned
  Parked* previous_ = nullptr;     // in the ring of those that are ready; null: not in it
  Parked* next_ = nullptr;
  const char* frames_end_ = nullptr;  // of its frames of Python; null: it has none
  bool woken_ = false;
};

// Puts the current greenlet aside, for the hub to run, until wake(parked). False: an exception is
// set, which somebody threw into the greenlet (kill, Timeout), or which says that it cannot wait
// here (in the hub, in another thread); what it waited for is to be given up. When it was woken
// before it is parked, it goes on at once.
// Thread  main
// REQUIRES: no lock is held, no exception is being handled in C++, nobody else waits on `parked`.
bool park(Parked& parked);

// The same, until the next turn of the loop.
bool park_for_a_turn(Parked& parked);

// Has the greenlet go on in this turn of the loop, or in the next one if it is too late for this
// one. Touches no Python; once woken, more wakes are nothing.
// Thread  main
void wake(Parked& parked);

// Whether park() would have a hub to switch to: the one of the process's loop. Creates the hub.
// Less than zero: an exception is set.
int parks_here();

// Counts what the hub does, one thing after the other: a greenlet that sees another number than
// before has been switched out in between.
std::uint64_t hub_step();

// The greenlet that runs now. Null: an exception is set.
Ref<> current_greenlet();
bool is_greenlet(PyObject* object);

// --- for the hub's loop ---

// While it lives, `hub` is what greenlets of this thread switch to when they park.
class HubRuns {
 public:
  explicit HubRuns(PyObject* hub);
  HubRuns(const HubRuns&) = delete;
  HubRuns& operator=(const HubRuns&) = delete;
  ~HubRuns();

 private:
  PyObject* outer_;
};

void next_hub_step();
// Greenlets that are parked: they keep the loop running.
std::size_t parked_count();
bool any_ready();
// Switches to all that are ready, each once, and tells holds.h. `report` is told of an exception
// that comes back.
void run_ready(void (*report)(void* context, PyObject* greenlet), void* context);

}  // namespace swarm::python
