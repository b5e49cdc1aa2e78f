#include "worker/python/greenlets.h"

#include <greenlet.h>

#include "common/assert.h"
#include "common/fetch.h"
#include "worker/python/extension.h"
#include "worker/python/gevent_loop.h"
#include "worker/python/holds.h"

namespace swarm::python {

namespace {

constexpr std::size_t kMany = 200;
std::size_t parked_now = 0;

}  // namespace

// A ring through the list itself, so that whoever leaves it needs no search. On the heap, as those
// who leave it do so from any stack.
class ReadyList {
 public:
  ReadyList() { ring_.previous_ = ring_.next_ = &ring_; }

  bool empty() const { return ring_.next_ == &ring_; }
  std::size_t size() const { return size_; }
  Parked* first() { return ring_.next_; }

  void add(Parked& parked) {
    parked.previous_ = ring_.previous_;
    parked.next_ = &ring_;
    ring_.previous_->next_ = &parked;
    ring_.previous_ = &parked;
    ++size_;
  }

  void remove(Parked& parked) {
    if (parked.previous_ == nullptr) return;
    parked.previous_->next_ = parked.next_;
    parked.next_->previous_ = parked.previous_;
    parked.previous_ = parked.next_ = nullptr;
    --size_;
  }

  // For the first two of them. Where there are few greenlets, all that they touch stays in caches.
  void foresee() const {
    if (parked_now < kMany || ring_.next_ == &ring_) return;
    ring_.next_->foresee_again();
    if (ring_.next_->next_ != &ring_) ring_.next_->next_->foresee();
  }

  static ReadyList& instance() {
    static auto* const list = new ReadyList;
    return *list;
  }

 private:
  Parked ring_;
  std::size_t size_ = 0;
};

namespace {

std::uint64_t steps_so_far = 0;
thread_local PyObject* running_hub = nullptr;

// gevent's, imported when first needed: whoever imports this module need not have it.
Ref<> from_gevent(const char* module_name, const char* name) {
  const Ref<> module{PyImport_ImportModule(module_name)};
  return module ? Ref<>{PyObject_GetAttrString(module.get(), name)} : Ref<>{};
}

// The hub of this thread, which is made if there is none.
Ref<> hub_of_thread() {
  const Ref<> get_hub = from_gevent("gevent.hub", "get_hub");
  return get_hub ? Ref<>{PyObject_CallNoArgs(get_hub.get())} : Ref<>{};
}

int runs_on_process_loop(PyObject* hub) {
  const Ref<> loop{PyObject_GetAttrString(hub, "loop")};
  return loop ? is_process_loop(loop.get()) : -1;
}

// What the current greenlet switches to. Null: an exception is set.
Ref<> hub_to_switch_to() {
  if (running_hub != nullptr) return Ref<>::to(running_hub);
  Ref<> hub = hub_of_thread();
  if (!hub) return {};
  const int ours = runs_on_process_loop(hub.get());
  if (ours > 0) return hub;
  if (ours == 0) {
    PyErr_SetString(PyExc_RuntimeError,
                    "this works in the main thread only, with gevent's hub on the loop of swarm: "
                    "import locust before anything uses gevent");
  }
  return {};
}

// The current greenlet, owned by the caller, unless it is the hub itself. Null: an exception is
// set.
PyGreenlet* who_can_switch_to(const Ref<>& hub) {
  if (!hub) return nullptr;
  Ref<PyGreenlet> current{PyGreenlet_GetCurrent()};
  if (!current || object_of(*current.get()) != hub.get()) return current.release();
  const Ref<> error = from_gevent("gevent.exceptions", "BlockingSwitchOutError");
  if (error) PyErr_SetString(error.get(), "cannot wait in a callback of the event loop");
  return nullptr;
}

// Of those of the current greenlet, which end where the next one would be.
const char* end_of_frames() {
  return reinterpret_cast<const char*>(PyThreadState_Get()->datastack_top);
}

}  // namespace

Parked::~Parked() {
  ReadyList::instance().remove(*this);
  if (greenlet_ != nullptr) {
    --parked_now;
    Py_DECREF(reinterpret_cast<PyObject*>(greenlet_));
  }
}

// With a thousand greenlets, nothing that one of them touches is in a cache: its frames, its
// objects and its stack, one line after the other, would cost more than what it does. So they are
// fetched while others run.
void Parked::foresee() const {
  constexpr std::size_t kFrames = 14;  // lines: those of a task set's loop, its task and a request
  fetch(greenlet_);
  if (frames_end_ != nullptr) fetch<kFrames>(frames_end_ - kFrames * 64);
  for (const void* const each : touched) fetch<2>(each);
}

// What the first look brought leads to more.
void Parked::foresee_again() const { fetch<4>(greenlet_->pimpl); }

// REQUIRES: greenlet_ is set.
bool Parked::switch_out(PyObject* hub) {
  ++parked_now;
  frames_end_ = end_of_frames();
  bool switched_back = true;
  do {  // somebody else may switch to it as well
    const Ref<> result{PyGreenlet_Switch(reinterpret_cast<PyGreenlet*>(hub), nullptr, nullptr)};
    switched_back = static_cast<bool>(result);
  } while (switched_back && !woken_);
  --parked_now;
  ReadyList::instance().remove(*this);
  woken_ = false;
  Py_DECREF(reinterpret_cast<PyObject*>(std::exchange(greenlet_, nullptr)));
  return switched_back;
}

bool park(Parked& parked) {
  SWARM_ASSERT(!parked.waiting());
  if (std::exchange(parked.woken_, false)) return true;
  const Ref<> hub = hub_to_switch_to();
  parked.greenlet_ = who_can_switch_to(hub);
  return parked.waiting() && parked.switch_out(hub.get());
}

bool park_for_a_turn(Parked& parked) {
  SWARM_ASSERT(!parked.waiting());
  const Ref<> hub = hub_to_switch_to();
  parked.greenlet_ = who_can_switch_to(hub);
  if (!parked.waiting()) return false;
  wake(parked);
  return parked.switch_out(hub.get());
}

void wake(Parked& parked) {
  if (std::exchange(parked.woken_, true)) return;
  if (parked.greenlet_ != nullptr) ReadyList::instance().add(parked);
}

int parks_here() {
  if (running_hub != nullptr) return 1;
  const Ref<> hub = hub_of_thread();
  return hub ? runs_on_process_loop(hub.get()) : -1;
}

Ref<> current_greenlet() { return Ref<>{reinterpret_cast<PyObject*>(PyGreenlet_GetCurrent())}; }

bool is_greenlet(PyObject* object) { return PyGreenlet_Check(object); }

std::uint64_t hub_step() { return steps_so_far; }

void next_hub_step() { ++steps_so_far; }

HubRuns::HubRuns(PyObject* hub) : outer_(running_hub) {
  if (hub != nullptr && PyGreenlet_Check(hub)) running_hub = hub;
}

HubRuns::~HubRuns() { running_hub = outer_; }

std::size_t parked_count() { return parked_now; }

bool any_ready() { return !ReadyList::instance().empty(); }

void run_ready(void (*report)(void* context, PyObject* greenlet), void* context) {
  ReadyList& list = ReadyList::instance();
  // Those that come to the list from now on wait for the next turn.
  for (std::size_t left = list.size(); left > 0 && !list.empty(); --left) {
    Parked& parked = *list.first();
    list.remove(parked);
    list.foresee();
    const auto greenlet = Ref<PyGreenlet>::to(parked.greenlet_);
    const Ref<> result{PyGreenlet_Switch(greenlet.get(), nullptr, nullptr)};
    if (!result) report(context, object_of(*greenlet.get()));
    hub_has_loop(object_of(*greenlet.get()));
  }
}

int add_greenlets(PyObject*) {
  PyGreenlet_Import();
  return _PyGreenlet_API == nullptr ? -1 : 0;
}

}  // namespace swarm::python
