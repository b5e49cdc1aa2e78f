#include "worker/python/gevent_signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

namespace swarm::python {
namespace {

// What the handler, which may run at any moment and in any thread, sees of a signal.
struct Caught {
  std::atomic<int> wake_fd = -1;  // of the loop that waits for it
  std::atomic<bool> arrived = false;
  struct sigaction before {};
};
std::array<Caught, NSIG> caught;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

Caught& caught_of(int number) { return caught[static_cast<std::size_t>(number)]; }

void wake(int fd) {
  constexpr std::uint64_t kOnce = 1;
  [[maybe_unused]] const auto written = ::write(fd, &kOnce, sizeof kOnce);
}

void note(int number) {
  const int errno_before = errno;
  Caught& signal = caught_of(number);
  signal.arrived = true;
  if (const int fd = signal.wake_fd; fd >= 0) wake(fd);
  errno = errno_before;
}

bool install(int number) {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  ::sigfillset(&action.sa_mask);
  return ::sigaction(number, &action, &caught_of(number).before) == 0;
}

// Unless somebody else has taken the signal in the meantime.
void give_back(int number) {
  struct sigaction now {};
  if (::sigaction(number, nullptr, &now) != 0 || now.sa_handler != note) return;
  ::sigaction(number, &caught_of(number).before, nullptr);
}

}  // namespace

SignalSet::~SignalSet() {
  watch_.reset();
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

bool SignalSet::open() {
  wake_fd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_fd_ < 0) return false;
  auto watch = loop_.watch(wake_fd_, *this, Ready::Read);
  if (!watch) return false;
  watch_ = std::move(watch).value();
  return true;
}

bool SignalSet::waits_for(int number) const {
  return std::any_of(watchers_.begin(), watchers_.end(),
                     [number](const SignalObject* each) { return each->number == number; });
}

bool SignalSet::add(SignalObject& watcher) {
  if (wake_fd_ < 0 && !open()) {
    PyErr_SetFromErrno(PyExc_OSError);
    return false;
  }
  Caught& signal = caught_of(watcher.number);
  if (!waits_for(watcher.number)) {
    if (signal.wake_fd >= 0) {
      PyErr_Format(PyExc_RuntimeError, "signal %d is waited for by another loop", watcher.number);
      return false;
    }
    signal.arrived = false;
    signal.wake_fd = wake_fd_;
    if (!install(watcher.number)) {
      signal.wake_fd = -1;
      PyErr_SetFromErrno(PyExc_OSError);
      return false;
    }
  }
  watchers_.push_back(&watcher);
  return true;
}

void SignalSet::remove(SignalObject& watcher) {
  std::erase(watchers_, &watcher);
  if (waits_for(watcher.number)) return;
  give_back(watcher.number);
  caught_of(watcher.number).wake_fd = -1;
}

void SignalSet::ready(Ready) {
  std::uint64_t times = 0;
  [[maybe_unused]] const auto read = ::read(wake_fd_, &times, sizeof times);
  std::array<bool, NSIG> arrived{};
  for (const SignalObject* each : watchers_) {
    const auto number = static_cast<std::size_t>(each->number);
    if (!arrived[number]) arrived[number] = caught[number].arrived.exchange(false);
  }
  for (SignalObject* each : watchers_) {
    if (arrived[static_cast<std::size_t>(each->number)]) due_.add(each->base, kEventSignal);
  }
}

void SignalSet::after_fork() {
  if (wake_fd_ < 0) return;
  watch_.reset();
  ::close(std::exchange(wake_fd_, -1));
  if (!open()) return;
  for (const SignalObject* each : watchers_) caught_of(each->number).wake_fd = wake_fd_;
}

}  // namespace swarm::python
