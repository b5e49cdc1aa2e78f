#include "common/loop.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>

#include "common/net.h"

namespace swarm {
namespace {

constexpr int kEventsPerTurn = 256;
constexpr std::size_t kHeapWidth = 4;
constexpr std::uint32_t kTimerSlot = UINT32_MAX;
// Turns that follow each other this closely on average make the loop busy. One connection that is
// always in use turns it some 6,000 times a second; a pace of 1,000 requests a second, 2,000 times.
constexpr std::chrono::microseconds kBusyTurn{250};
// A busy loop that gets nothing to do for this long looks after Asio. Not shorter: a timeout below
// the kernel's own tick has its timer set anew at every wait, which costs a tenth of a request.
constexpr std::chrono::milliseconds kLongestBusyWait{5};

std::uint32_t epoll_bits(Ready interest) {
  std::uint32_t bits = EPOLLRDHUP;
  if (any(interest, Ready::Read)) bits |= EPOLLIN;
  if (any(interest, Ready::Write)) bits |= EPOLLOUT;
  return bits;
}

Ready ready_bits(std::uint32_t events) {
  Ready what = Ready::Nothing;
  if (events & EPOLLIN) what = what | Ready::Read;
  if (events & EPOLLOUT) what = what | Ready::Write;
  if (events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR)) what = what | Ready::Closed;
  return what;
}

timespec to_timespec(Duration duration) {
  const auto count = duration.count();
  return {static_cast<time_t>(count / 1'000'000'000), static_cast<long>(count % 1'000'000'000)};
}

Duration thread_cpu() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + Duration{used.tv_nsec};
}

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
  return result;
}

}  // namespace

struct Loop::State {
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 0;
  };

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  int epoll_fd = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  int timer_fd = checked(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd");
  asio::posix::stream_descriptor own_events{io, epoll_fd};  // owns epoll_fd

  std::vector<Slot> slots;
  std::vector<std::uint32_t> free_slots;
  std::vector<Timer*> heap;
  std::vector<std::function<void()>> deferred;
  std::array<epoll_event, kEventsPerTurn> events;

  TimePoint now = read_clock();
  TimePoint last_visit = now;
  std::uint32_t turns_since_visit = 0;
  bool busy = false;
  bool asio_watches = false;                 // an async_wait on own_events is outstanding
  TimePoint timer_armed = TimePoint::max();  // of timer_fd
  bool stopping = false;
  bool in_asio = false;  // blocked in Asio, or in a handler of its own: `now` is stale
  bool expiring = false;

  TimePoint load_since = now;
  Duration load_cpu = thread_cpu();
  Duration longest_turn{};

  State() {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kTimerSlot;
    checked(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &event), "epoll_ctl");
  }
  ~State() { ::close(timer_fd); }

  // --- timers: a heap of width 4, the earliest first ---

  void place(std::size_t at, Timer* timer) {
    heap[at] = timer;
    timer->position_ = static_cast<std::uint32_t>(at);
  }

  void sift_up(std::size_t at, Timer* timer) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / kHeapWidth;
      if (heap[parent]->when_ <= timer->when_) break;
      place(at, heap[parent]);
      at = parent;
    }
    place(at, timer);
  }

  void sift_down(std::size_t at, Timer* timer) {
    for (;;) {
      const std::size_t first = at * kHeapWidth + 1;
      if (first >= heap.size()) break;
      const std::size_t last = std::min(first + kHeapWidth, heap.size());
      std::size_t least = first;
      for (std::size_t child = first + 1; child < last; ++child) {
        if (heap[child]->when_ < heap[least]->when_) least = child;
      }
      if (timer->when_ <= heap[least]->when_) break;
      place(at, heap[least]);
      at = least;
    }
    place(at, timer);
  }

  void schedule(Timer& timer, TimePoint when) {
    // A timer that schedules itself at once waits for the next turn, or it would hold the loop.
    if (expiring && when <= now) when = now + Duration{1};
    const TimePoint before = timer.when_;
    timer.when_ = when;
    if (timer.scheduled()) {
      when < before ? sift_up(timer.position_, &timer) : sift_down(timer.position_, &timer);
    } else {
      heap.push_back(&timer);
      sift_up(heap.size() - 1, &timer);
    }
  }

  void cancel(Timer& timer) {
    const std::size_t at = timer.position_;
    timer.position_ = Timer::kNowhere;
    Timer* const last = heap.back();
    heap.pop_back();
    if (last == &timer) return;
    if (at > 0 && last->when_ < heap[(at - 1) / kHeapWidth]->when_) {
      sift_up(at, last);
    } else {
      sift_down(at, last);
    }
  }

  void expire_timers() {
    expiring = true;
    while (!heap.empty() && heap.front()->when_ <= now) {
      Timer& timer = *heap.front();
      cancel(timer);
      timer.expired();
    }
    expiring = false;
  }

  TimePoint next_timer() const { return heap.empty() ? TimePoint::max() : heap.front()->when_; }

  // --- turns ---

  void dispatch(int count) {
    for (int i = 0; i < count; ++i) {
      const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
      const auto slot = static_cast<std::uint32_t>(key);
      if (slot == kTimerSlot) {
        disarm_timer();
        continue;
      }
      // A watch that an earlier event of this batch removed has another generation.
      if (slots[slot].generation != static_cast<std::uint32_t>(key >> 32)) continue;
      slots[slot].watcher->ready(ready_bits(events[static_cast<std::size_t>(i)].events));
    }
  }

  void run_deferred() {
    std::vector<std::function<void()>> batch;
    batch.swap(deferred);
    for (auto& function : batch) function();
  }

  // Serves `count` events and all that is due. Returns when it ended.
  TimePoint turn(int count) {
    now = read_clock();
    dispatch(count);
    // All sockets before any timer: so that a response that has arrived is not timed out, and
    // nothing is sent over a connection whose end has arrived.
    int last = count;
    for (std::size_t left = slots.size() / kEventsPerTurn; last == kEventsPerTurn && left > 0;
         --left) {
      last = ::epoll_wait(epoll_fd, events.data(), kEventsPerTurn, 0);
      dispatch(last);
    }
    if (count > 0 || next_timer() <= now) ++turns_since_visit;
    expire_timers();
    if (!deferred.empty()) run_deferred();
    const TimePoint end = read_clock();
    longest_turn = std::max(longest_turn, end - now);
    return end;
  }

  void wait_busy(TimePoint from) {
    const TimePoint until = std::min<TimePoint>(next_timer(), last_visit + kLongestBusyWait);
    const Duration wait = deferred.empty() ? std::max(until - from, Duration{}) : Duration{};
    const timespec timeout = to_timespec(wait);
    int count = ::epoll_pwait2(epoll_fd, events.data(), kEventsPerTurn, &timeout, nullptr);
    if (count < 0 && errno == ENOSYS) {  // before Linux 5.11
      count = ::epoll_wait(
          epoll_fd, events.data(), kEventsPerTurn,
          static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count()));
    }
    visit_if_due(turn(std::max(count, 0)));
  }

  // Everything of Asio's that is ready, and the decision how to wait from now on.
  void visit_if_due(TimePoint at) {
    if (at - last_visit < kVisitInterval) return;
    busy = turns_since_visit * kBusyTurn >= at - last_visit;
    last_visit = at;
    turns_since_visit = 0;
    if (busy) io.poll();
  }

  void wait_quiet() {
    if (!deferred.empty()) {  // somebody always has something to do: nobody else waits for it
      poll_own();
      io.poll();
      return;
    }
    arm_timer();
    if (!asio_watches) watch_own();
    in_asio = true;
    io.run_one();
    in_asio = false;
  }

  // Watches again from inside the handler: Asio then uses the handler's own memory again.
  void watch_own() {
    asio_watches = true;
    own_events.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code&) {
      asio_watches = in_asio = false;
      poll_own();
      if (!busy && deferred.empty() && !stopping) {
        arm_timer();
        watch_own();
      }
    });
  }

  void poll_own() {
    const int count = ::epoll_wait(epoll_fd, events.data(), kEventsPerTurn, 0);
    visit_if_due(turn(std::max(count, 0)));
  }

  void arm_timer() {
    const TimePoint next = next_timer();
    if (next >= timer_armed) return;  // it wakes early enough; what is not due then is armed again
    timer_armed = next;
    // Zero would disarm it.
    itimerspec spec{};
    spec.it_value = to_timespec(std::max(next.time_since_epoch(), Duration{1}));
    ::timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &spec, nullptr);
  }

  void disarm_timer() {
    timer_armed = TimePoint::max();
    const itimerspec never{};
    ::timerfd_settime(timer_fd, 0, &never, nullptr);
  }
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

boost::asio::io_context& Loop::io() { return state_->io; }
TimePoint Loop::now() const { return state_->in_asio ? read_clock() : state_->now; }
void Loop::stop() { state_->stopping = true; }

void Loop::run() {
  State& state = *state_;
  state.stopping = false;
  state.now = state.last_visit = read_clock();
  while (!state.stopping) {
    state.busy ? state.wait_busy(read_clock()) : state.wait_quiet();
  }
}

void Loop::defer(std::function<void()> function) {
  state_->deferred.push_back(std::move(function));
}

void Loop::post(std::function<void()> function) { asio::post(state_->io, std::move(function)); }

Result<Watch> Loop::watch(int fd, Watcher& watcher, Ready interest) {
  State& state = *state_;
  std::uint32_t slot = 0;
  if (state.free_slots.empty()) {
    slot = static_cast<std::uint32_t>(state.slots.size());
    state.slots.emplace_back();
  } else {
    slot = state.free_slots.back();
    state.free_slots.pop_back();
  }
  state.slots[slot].watcher = &watcher;
  epoll_event event{};
  event.events = epoll_bits(interest);
  event.data.u64 = std::uint64_t{state.slots[slot].generation} << 32 | slot;
  if (::epoll_ctl(state.epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
    const int reason = errno;
    state.free_slots.push_back(slot);
    return Error{std::string("cannot watch a socket: ") + std::strerror(reason)};
  }
  return Watch{*this, fd, slot, interest};
}

LoopLoad Loop::take_load() {
  State& state = *state_;
  const TimePoint now = read_clock();
  const Duration cpu = thread_cpu();
  const LoopLoad load{now - state.load_since, cpu - state.load_cpu, state.longest_turn};
  state.load_since = now;
  state.load_cpu = cpu;
  state.longest_turn = {};
  return load;
}

Watch::Watch(Watch&& other) noexcept
    : loop_(std::exchange(other.loop_, nullptr)),
      fd_(other.fd_),
      slot_(other.slot_),
      interest_(other.interest_) {}

Watch& Watch::operator=(Watch&& other) noexcept {
  if (this != &other) {
    reset();
    loop_ = std::exchange(other.loop_, nullptr);
    fd_ = other.fd_;
    slot_ = other.slot_;
    interest_ = other.interest_;
  }
  return *this;
}

void Watch::reset() {
  if (loop_ == nullptr) return;
  Loop::State& state = *std::exchange(loop_, nullptr)->state_;
  ::epoll_ctl(state.epoll_fd, EPOLL_CTL_DEL, fd_, nullptr);
  ++state.slots[slot_].generation;
  state.slots[slot_].watcher = nullptr;
  state.free_slots.push_back(slot_);
}

void Watch::want(Ready interest) {
  if (interest == interest_) return;
  Loop::State& state = *loop_->state_;
  epoll_event event{};
  event.events = epoll_bits(interest);
  event.data.u64 = std::uint64_t{state.slots[slot_].generation} << 32 | slot_;
  ::epoll_ctl(state.epoll_fd, EPOLL_CTL_MOD, fd_, &event);
  interest_ = interest;
}

void Timer::schedule(TimePoint when) { loop_.state_->schedule(*this, when); }

void Timer::cancel() {
  if (scheduled()) loop_.state_->cancel(*this);
}

}  // namespace swarm
