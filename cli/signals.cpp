#include "cli/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

namespace swarm {
namespace {

constexpr unsigned char kLeave = 0;  // to the thread; no signal has that number
constexpr int kSignalled = 128;      // and the signal's number: as shells say it
constexpr int kFaster = 20;          // patience with a loop that was stuck before

// What the handler needs: the writing ends. -1: nobody is told.
std::atomic<int> loop_end{-1};
std::atomic<int> thread_end{-1};

void handle(int signal) {
  const int error = errno;
  const auto byte = static_cast<unsigned char>(signal);
  for (const int end : {loop_end.load(), thread_end.load()}) {
    [[maybe_unused]] const auto written = ::write(end, &byte, 1);
  }
  errno = error;
}

void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

Signals::Signals(Loop& loop, std::function<void(int)> received, std::function<void()> stuck,
                 std::chrono::milliseconds patience)
    : received_(std::move(received)), stuck_(std::move(stuck)), patience_(patience) {
  if (::pipe2(to_loop_.data(), O_CLOEXEC | O_NONBLOCK) != 0 ||
      ::pipe2(to_thread_.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::system_category(), "pipe2");
  }
  watch_ = loop.watch(to_loop_[0], *this, Ready::Read).value();
  thread_ = std::thread([this] { watch_over(); });
  loop_end = to_loop_[1];
  thread_end = to_thread_[1];
  set_handler(SIGINT, handle);
  set_handler(SIGTERM, handle);
}

Signals::~Signals() {
  set_handler(SIGINT, SIG_DFL);
  set_handler(SIGTERM, SIG_IGN);
  loop_end = thread_end = -1;
  [[maybe_unused]] const auto written = ::write(to_thread_[1], &kLeave, 1);
  thread_.join();
  watch_.reset();
  for (const int end : {to_loop_[0], to_loop_[1], to_thread_[0], to_thread_[1]}) ::close(end);
}

void Signals::ready(Ready) {
  unsigned char signal = 0;
  while (::read(to_loop_[0], &signal, 1) == 1) received_(signal);
}

// A signal that the loop has seen is no longer in its pipe.
void Signals::watch_over() {
  bool impatient = false;
  unsigned char signal = 0;
  while (::read(to_thread_[0], &signal, 1) == 1) {
    const TimePoint until = read_clock() + (impatient ? patience_ / kFaster : patience_);
    for (auto left = patience_; signal != kLeave && left.count() > 0;) {
      left = std::chrono::ceil<std::chrono::milliseconds>(until - read_clock());
      pollfd next{.fd = to_thread_[0], .events = POLLIN, .revents = 0};
      if (left.count() <= 0 || ::poll(&next, 1, static_cast<int>(left.count())) <= 0) continue;
      [[maybe_unused]] const auto another = ::read(to_thread_[0], &signal, 1);
    }
    if (signal == kLeave) return;
    int waiting = 0;
    ::ioctl(to_loop_[0], FIONREAD, &waiting);
    impatient = waiting > 0;
    if (impatient) stuck_();
  }
}

void end_by_signals_as_first_process() {
  if (::getpid() != 1) return;
  for (const int each : {SIGINT, SIGTERM}) {
    struct sigaction present {};
    ::sigaction(each, nullptr, &present);
    if (present.sa_handler == SIG_DFL)
      set_handler(each, [](int signal) { ::_exit(kSignalled + signal); });
  }
}

}  // namespace swarm
