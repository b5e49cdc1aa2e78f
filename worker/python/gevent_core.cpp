#include "worker/python/gevent_core.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "worker/python/gevent_loop.h"
#include "worker/python/greenlets.h"
#include "worker/python/holds.h"
#include "worker/python/pauses.h"
#include "worker/python/process_loop.h"

namespace swarm::python {
namespace {

// After so many callbacks it looks at the clock: descriptors and timers wait no longer than two
// greenlets that take turns would (sys.getswitchinterval).
constexpr int kCallbacksBetweenLooks = 50;

std::vector<GeventCore*>& all_cores() {
  static auto* const cores = new std::vector<GeventCore*>;
  return *cores;
}

Duration switch_interval() {
  const Ref<> sys{PyImport_ImportModule("sys")};
  const Ref<> interval{sys ? PyObject_CallMethod(sys.get(), "getswitchinterval", nullptr)
                           : nullptr};
  const double seconds = interval ? PyFloat_AsDouble(interval.get()) : 0;
  PyErr_Clear();
  return duration_of(seconds);
}

// What a watcher calls its function with: gevent's marker in the first place stands for what
// happened. Null: an exception is set.
Ref<> arguments_of(const WatcherObject& watcher) {
  if (watcher.args == nullptr) return Ref<>{PyTuple_New(0)};
  auto args = Ref<>::to(watcher.args);
  const Py_ssize_t size = PyTuple_GET_SIZE(args.get());
  if (size == 0 || PyTuple_GET_ITEM(args.get(), 0) != events_marker()) return args;
  Ref<> with_events{PyTuple_New(size)};
  Ref<> events{PyLong_FromUnsignedLong(watcher.events)};
  if (!with_events || !events) return {};
  PyTuple_SET_ITEM(with_events.get(), 0, events.release());
  for (Py_ssize_t i = 1; i < size; ++i) {
    PyTuple_SET_ITEM(with_events.get(), i, Py_NewRef(PyTuple_GET_ITEM(args.get(), i)));
  }
  return with_events;
}

}  // namespace

GeventCore::GeventCore(LoopObject& owner, bool is_default)
    : owner_(owner),
      is_default_(is_default),
      own_(is_default ? nullptr : std::make_unique<Loop>()),
      loop_(is_default ? process_loop() : *own_),
      io_(loop_, due_),
      signals_(loop_, due_) {
  all_cores().push_back(this);
}

GeventCore::~GeventCore() {
  loop_.set_wait_hooks({});
  std::erase(all_cores(), this);
}

long GeventCore::references() const {
  return references_ + (is_default_ ? static_cast<long>(parked_count()) : 0);
}

// --- one time round ---

void GeventCore::run(bool nowait, bool once, PyObject* hub) {
  const HubRuns here(is_default_ ? hub : nullptr);
  ++depth_;
  break_ = Break::None;
  serve_due();
  do {
    go_round(nowait);
  } while (references() > 0 && !over() && !nowait && !once);
  if (break_ == Break::One) break_ = Break::None;
  --depth_;
}

void GeventCore::go_round(bool nowait) {
  ++iteration_;
  add_all(Moment::Prepare, kEventPrepare);
  serve_due();
  check_signals();
  run_callbacks();
  if (std::exchange(forked_, false)) {
    add_all(Moment::Fork, kEventFork);
    serve_due();
  }
  if (over()) return;

  turn(nowait);
  check_signals();
  if (is_default_) {
    next_hub_step();
    hub_gives_loop(now_);
    run_ready(
        [](void* core, PyObject* greenlet) { static_cast<GeventCore*>(core)->report(greenlet); },
        this);
  }
  if (due_.size() == 0) add_all(Moment::Idle, kEventIdle);
  add_all(Moment::Check, kEventCheck);
  serve_due();
}

void GeventCore::turn(bool nowait) {
  io_.apply();
  loop_.set_wait_hooks({before_wait, after_wait, this});
  loop_.turn(nowait || has_work() ? Duration{} : Duration::max());
  update_now();
  for (WatcherObject* const each : sent_) {
    each->sent = false;
    due_.add(*each, kEventAsync);
  }
  sent_.clear();
}

bool GeventCore::has_work() const {
  return references() <= 0 || due_.size() > 0 || !callbacks_.empty() || !sent_.empty() ||
         io_.has_always_ready() || !moments_[static_cast<std::size_t>(Moment::Idle)].empty() ||
         (is_default_ && any_ready());
}

void GeventCore::run_callbacks() {
  if (callbacks_.empty()) return;
  const TimePoint started = now_;
  if (is_default_) {
    next_hub_step();
    hub_gives_loop(read_clock());
  }
  for (int called = 1; !callbacks_.empty(); ++called) {
    const Ref<CallbackObject> callback = callbacks_.take();
    --references_;
    const bool pending = is_default_ && callback->callback != nullptr;
    const Ref<> greenlet = pending ? greenlet_behind(callback->callback, callback->args) : Ref<>{};
    if (!call(*callback.get())) report(object_of(*callback.get()));
    finish(*callback.get());
    if (is_default_) hub_has_loop(greenlet.get());
    if (called % kCallbacksBetweenLooks != 0) continue;
    update_now();
    if (now_ >= started + switch_interval()) break;
  }
  update_now();
}

void GeventCore::add_all(Moment moment, std::uint32_t event) {
  for (WatcherObject* const each : at(moment)) due_.add(*each, event);
}

void GeventCore::serve_due() {
  if (is_default_) next_hub_step();
  if (due_.size() == 0) return;
  if (is_default_) hub_gives_loop(read_clock());
  while (WatcherObject* const watcher = due_.take()) serve(*watcher);
}

void GeventCore::serve(WatcherObject& watcher) {
  const auto alive = Ref<WatcherObject>::to(&watcher);
  const bool of_descriptor = (watcher.events & (kEventRead | kEventWrite)) != 0;
  if (watcher.callback != nullptr) {
    const auto function = Ref<>::to(watcher.callback);
    const Ref<> args = arguments_of(watcher);
    const Ref<> greenlet = is_default_ ? greenlet_behind(function.get(), nullptr) : Ref<>{};
    const Ref<> result{args ? PyObject_Call(function.get(), args.get(), nullptr) : nullptr};
    if (!result) report(object_of(watcher));
    if (is_default_) hub_has_loop(greenlet.get());
    // What is there to be read still is: it would be called, and fail, for ever.
    if (!result && of_descriptor) return stop_by_name(watcher);
  }
  if (!watcher.active) stop_by_name(watcher);
}

// --- Python's side ---

void GeventCore::check_signals() {
  if (is_default_ && PyErr_CheckSignals() != 0) report(Py_None);
}

void GeventCore::report(PyObject* context) {
  const Ref<> error = take_error();
  if (!error) return;
  Ref<> traceback{PyException_GetTraceback(error.get())};
  if (!traceback) traceback = Ref<>::to(Py_None);
  const Ref<> result{PyObject_CallMethod(object_of(owner_), "handle_error", "OOOO", context,
                                         Py_TYPE(error.get()), error.get(), traceback.get())};
  if (!result) PyErr_WriteUnraisable(context);
}

void GeventCore::before_wait(void* context) {
  auto& core = *static_cast<GeventCore*>(context);
  core.waiting_ = true;
  core.thread_ = PyEval_SaveThread();
}

void GeventCore::after_wait(void* context) {
  auto& core = *static_cast<GeventCore*>(context);
  // To ask for the lock when the main thread has begun to end the interpreter would end this
  // thread, through our frames.
  while (!core.is_default_ && interpreter_ends()) ::pause();
  PyEval_RestoreThread(std::exchange(core.thread_, nullptr));
  core.waiting_ = false;
}

void GeventCore::wake() {
  if (waiting_) loop_.post([] {});
}

// --- what it keeps ---

Ref<CallbackObject> GeventCore::add_callback(PyObject* function, PyObject* args) {
  Ref<CallbackObject> callback = callbacks_.add(function, args);
  if (callback) ++references_;
  wake();
  return callback;
}

void GeventCore::clear_callbacks() {
  references_ -= static_cast<long>(callbacks_.size());
  callbacks_.clear();
}

void GeventCore::enter(WatcherObject& watcher) {
  watcher.previous = nullptr;
  watcher.next = watching_;
  if (watching_ != nullptr) watching_->previous = &watcher;
  watching_ = &watcher;
  wake();
}

void GeventCore::leave(WatcherObject& watcher) {
  (watcher.previous != nullptr ? watcher.previous->next : watching_) = watcher.next;
  if (watcher.next != nullptr) watcher.next->previous = watcher.previous;
  watcher.previous = watcher.next = nullptr;
}

void GeventCore::send(WatcherObject& watcher) {
  if (!std::exchange(watcher.sent, true)) sent_.push_back(&watcher);
  wake();
}

void GeventCore::unsend(WatcherObject& watcher) {
  if (std::exchange(watcher.sent, false)) std::erase(sent_, &watcher);
}

void GeventCore::destroy() {
  if (std::exchange(destroyed_, true)) return;
  clear_callbacks();
  while (watching_ != nullptr) stop_watcher(*watching_);
  while (WatcherObject* const watcher = due_.take()) stop_watcher(*watcher);
}

void GeventCore::after_fork() {
  process_loop().after_fork();
  for (GeventCore* const core : all_cores()) {
    if (core->own_) core->own_->after_fork();
    core->io_.after_fork();
    core->signals_.after_fork();
    core->forked_ = true;
  }
}

}  // namespace swarm::python
