#include "common/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <mutex>
#include <system_error>
#include <utility>

#include "common/fetch.h"
#include "common/heap.h"
#include "common/net.h"
#include "common/syscalls.h"

namespace swarm {
namespace {

constexpr int kEventsPerTurn = 256;
constexpr std::size_t kHeapWidth = 4;
constexpr std::uint32_t kWakeSlot = UINT32_MAX;
constexpr std::uint32_t kAlarmSlot = UINT32_MAX - 1;
// A wait this short is timed by its own system call, a longer one by the alarm: it stays set over
// all waits that something else ends, and in a virtual machine every setting is dear.
constexpr std::chrono::microseconds kShortWait{200};
// How long Asio is visited often after it had something to do: whatever it serves comes in trains
// (a page and its parts, a name and its addresses).
constexpr std::chrono::milliseconds kAsioTrain{20};
// A wait that returns sooner did not wait: its events were there already.
constexpr std::chrono::microseconds kNoWait{50};
// How often it is seen whether the heap has grown: what is used of it until then has small pages.
constexpr std::chrono::milliseconds kHeapInterval{1};
// So few are served before another look at the clock would tell anything.
constexpr std::uint64_t kFewEvents = 64;

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
    int fd = -1;
    Ready interest = Ready::Nothing;
    Told told = Told::While;
  };
  struct Due {
    TimePoint when;  // the timer's: beside it, so that comparing touches the heap alone
    Timer* timer;
  };
  struct Guest {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  };

  std::unique_ptr<Guest> guest;  // Asio, from its first use on
  int epoll_fd = -1;
  int wake_fd = -1;
  int alarm_fd = -1;
  TimePoint alarm = TimePoint::max();  // when it goes off; max(): it is not set

  std::vector<Slot> slots;
  std::vector<std::uint32_t> free_slots;
  std::vector<Due> heap;
  std::vector<std::function<void()>> deferred;
  std::array<epoll_event, kEventsPerTurn> events;
  WaitHooks hooks;

  std::unique_ptr<std::mutex> posts_mutex;
  std::vector<std::function<void()>> posts;  // guarded by posts_mutex

  TimePoint now = read_clock();
  TimePoint last_visit{};
  TimePoint asio_served{};
  TimePoint next_backing{};  // of the heap, with huge pages
  bool stopping = false;
  bool serving = false;
  bool in_asio = false;  // in a handler of its own: `now` is stale
  bool expiring = false;

  TimePoint load_since = now;
  Duration load_cpu = thread_cpu();
  Duration longest_turn{};
  Lateness lateness;
  TimePoint turn_ended = now;  // the last one
  Duration last_turn{};
  TimePoint wait_ends = now;  // the one that followed, at the latest

  State() { open(); }
  ~State() { close(); }

  void open() {
    posts_mutex = std::make_unique<std::mutex>();
    epoll_fd = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    wake_fd = checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
    alarm_fd = checked(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd");
    alarm = TimePoint::max();
    add_own(wake_fd, EPOLLIN, kWakeSlot);
    add_own(alarm_fd, EPOLLIN | EPOLLET, kAlarmSlot);  // told once, so that nobody need read it
  }

  void add_own(int fd, std::uint32_t events_wanted, std::uint32_t slot) const {
    epoll_event event{};
    event.events = events_wanted;
    event.data.u64 = slot;
    checked(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }

  void close() {
    ::close(alarm_fd);
    ::close(wake_fd);
    ::close(epoll_fd);
  }

  int control(int operation, std::uint32_t slot) {
    epoll_event event{};
    event.events = epoll_bits(slots[slot].interest);
    if (slots[slot].told == Told::Once) event.events |= EPOLLET;
    event.data.u64 = std::uint64_t{slots[slot].generation} << 32 | slot;
    return ::epoll_ctl(epoll_fd, operation, slots[slot].fd, &event);
  }

  // --- timers: a heap of width 4, the earliest first ---

  void place(std::size_t at, Due due) {
    heap[at] = due;
    due.timer->position_ = static_cast<std::uint32_t>(at);
  }

  void sift_up(std::size_t at, Due due) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / kHeapWidth;
      if (heap[parent].when <= due.when) break;
      place(at, heap[parent]);
      at = parent;
    }
    place(at, due);
  }

  void sift_down(std::size_t at, Due due) {
    for (;;) {
      const std::size_t first = at * kHeapWidth + 1;
      if (first >= heap.size()) break;
      const std::size_t last = std::min(first + kHeapWidth, heap.size());
      std::size_t least = first;
      for (std::size_t child = first + 1; child < last; ++child) {
        if (heap[child].when < heap[least].when) least = child;
      }
      if (due.when <= heap[least].when) break;
      place(at, heap[least]);
      at = least;
    }
    place(at, due);
  }

  void schedule(Timer& timer, TimePoint when) {
    // A timer that schedules itself at once waits for the next turn, or it would hold the loop.
    if (expiring && when <= now) when = now + Duration{1};
    const TimePoint before = timer.when_;
    timer.when_ = when;
    const Due due{when, &timer};
    if (timer.scheduled()) {
      when < before ? sift_up(timer.position_, due) : sift_down(timer.position_, due);
    } else {
      heap.push_back(due);
      sift_up(heap.size() - 1, due);
    }
  }

  void cancel(Timer& timer) {
    const std::size_t at = timer.position_;
    timer.position_ = Timer::kNowhere;
    const Due last = heap.back();
    heap.pop_back();
    if (last.timer == &timer) return;
    if (at > 0 && last.when < heap[(at - 1) / kHeapWidth].when) {
      sift_up(at, last);
    } else {
      sift_down(at, last);
    }
  }

  void expire_timers() {
    expiring = true;
    while (!heap.empty() && heap.front().when <= now) {
      Timer& timer = *heap.front().timer;
      cancel(timer);
      timer.expired();
    }
    expiring = false;
  }

  TimePoint next_timer() const { return heap.empty() ? TimePoint::max() : heap.front().when; }

  // --- turns ---

  // With thousands of connections, what an event touches is in no cache: some fifty lines, fetched
  // one after the other, would cost more than the work itself. So they are fetched ahead.
  void foresee(int i, int count) const {
    const auto watcher = [this](int at) {
      const auto slot = static_cast<std::uint32_t>(events[static_cast<std::size_t>(at)].data.u64);
      return slot >= kAlarmSlot ? nullptr : slots[slot].watcher;
    };
    if (i + 6 < count) fetch<3>(watcher(i + 6));
    if (const Watcher* near = i + 4 < count ? watcher(i + 4) : nullptr) near->foresee(false);
    if (const Watcher* nearer = i + 2 < count ? watcher(i + 2) : nullptr) nearer->foresee(true);
  }

  // Returns to how many of the `count` events it mattered when they were served.
  std::uint64_t dispatch(int count) {
    std::uint64_t mattered = 0;
    for (int i = 0; i < count; ++i) {
      foresee(i, count);
      const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
      const auto slot = static_cast<std::uint32_t>(key);
      if (slot >= kAlarmSlot) {
        slot == kWakeSlot ? run_posts() : void(alarm = TimePoint::max());
        continue;
      }
      // A watch that an earlier event of this batch removed has another generation.
      if (slots[slot].generation != static_cast<std::uint32_t>(key >> 32)) continue;
      Watcher& watcher = *slots[slot].watcher;
      if (!watcher.tells_when_) ++mattered;
      watcher.ready(ready_bits(events[static_cast<std::size_t>(i)].events));
    }
    return mattered;
  }

  void run_posts() {
    std::uint64_t times = 0;
    [[maybe_unused]] const auto read = ::read(wake_fd, &times, sizeof times);
    std::vector<std::function<void()>> batch;
    {
      const std::lock_guard lock(*posts_mutex);
      batch.swap(posts);
    }
    for (auto& function : batch) function();
  }

  void post(std::function<void()> function) {
    const std::lock_guard lock(*posts_mutex);
    posts.push_back(std::move(function));
    constexpr std::uint64_t kOnce = 1;
    if (posts.size() == 1) {
      [[maybe_unused]] const auto written = ::write(wake_fd, &kOnce, sizeof kOnce);
    }
  }

  void run_deferred() {
    std::vector<std::function<void()>> batch;
    batch.swap(deferred);
    for (auto& function : batch) function();
  }

  // Serves `count` events and all that is due.
  void serve(int count) {
    now = read_clock();
    serving = true;
    std::uint64_t served = dispatch(count);
    // All sockets before any timer: so that a response that has arrived is not timed out, and
    // nothing is sent over a connection whose end has arrived.
    int last = count;
    for (std::size_t left = slots.size() / kEventsPerTurn; last == kEventsPerTurn && left > 0;
         --left) {
      last = std::max(::epoll_wait(epoll_fd, events.data(), kEventsPerTurn, 0), 0);
      served += dispatch(last);
    }
    note_lateness(served);
    expire_timers();
    if (guest && now >= next_visit(now)) visit();
    if (!deferred.empty()) run_deferred();
    serving = false;
  }

  // Of `served` events.
  void note_lateness(std::uint64_t served) {
    const TimePoint done = served < kFewEvents ? now : read_clock();
    const bool waited = wait_ends > turn_ended && now - turn_ended >= kNoWait;
    if (!waited) {
      lateness.add(served, last_turn + (now - turn_ended), done - now);
    } else if (now < wait_ends) {
      lateness.add(served, {}, done - now);
    } else {  // woken by a timer, perhaps late because others had the processor, or it was stopped
      const Duration late = now - wait_ends;
      lateness.add(served, late, done - now);
      longest_turn = std::max(longest_turn, late);
    }
  }

  // For the next event, until the next timer or visit to Asio is due, or for `longest`.
  int wait(TimePoint from, Duration longest) {
    // All since the last wait, whoever spent it.
    turn_ended = from;
    last_turn = from - now;
    longest_turn = std::max(longest_turn, last_turn);
    const TimePoint until = std::min(next_timer(), next_visit(from));
    Duration wait = std::min(std::max(until - from, Duration{}), longest);
    if (!deferred.empty()) wait = {};
    wait_ends = from + wait;
    if (from >= next_backing) {
      back_heap();
      next_backing = from + kHeapInterval;
    }
    const bool blocks = wait > Duration{} && hooks.before != nullptr;
    if (blocks) hooks.before(hooks.context);
    const bool by_alarm = wait > kShortWait && wait < longest;
    if (by_alarm) set_alarm(until);
    const timespec timeout = to_timespec(wait);
    int count =
        wait_for_events(epoll_fd, events.data(), kEventsPerTurn, by_alarm ? nullptr : &timeout);
    if (count < 0 && errno == ENOSYS) {  // before Linux 5.11
      count = ::epoll_wait(
          epoll_fd, events.data(), kEventsPerTurn,
          by_alarm ? -1
                   : static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count()));
    }
    if (blocks) hooks.after(hooks.context);
    return std::max(count, 0);
  }

  // At `when`, or before it: a wait that ends early costs less than to set the alarm each time that
  // a later timer becomes the next one.
  void set_alarm(TimePoint when) {
    if (when >= alarm) return;
    itimerspec at{};
    at.it_value = to_timespec(when.time_since_epoch());
    ::timerfd_settime(alarm_fd, TFD_TIMER_ABSTIME, &at, nullptr);
    alarm = when;
  }

  TimePoint next_visit(TimePoint from) const {
    if (!guest) return TimePoint::max();
    const bool often = from - asio_served < kAsioTrain;
    return last_visit + (often ? Duration{kShortVisitInterval} : Duration{kVisitInterval});
  }

  // Everything of Asio's that is ready.
  void visit() {
    last_visit = now;
    in_asio = true;
    if (guest->io.poll() > 0) asio_served = now;
    in_asio = false;
  }
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

boost::asio::io_context& Loop::io() {
  if (!state_->guest) state_->guest = std::make_unique<State::Guest>();
  return state_->guest->io;
}
TimePoint Loop::now() const {
  return state_->serving && !state_->in_asio ? state_->now : read_clock();
}
TimePoint Loop::turn_start() const { return state_->now; }
void Loop::stop() { state_->stopping = true; }

void Loop::run() {
  state_->stopping = false;
  while (!state_->stopping) turn(Duration::max());
}

void Loop::turn(Duration longest_wait) { state_->serve(state_->wait(read_clock(), longest_wait)); }

void Loop::after_fork() {
  State& state = *state_;
  state.close();
  state.open();  // the mutex, too: a thread that the child does not have may hold it
  for (std::uint32_t slot = 0; slot < state.slots.size(); ++slot) {
    if (state.slots[slot].watcher != nullptr) state.control(EPOLL_CTL_ADD, slot);
  }
  if (state.guest) state.guest->io.notify_fork(asio::io_context::fork_child);
}

void Loop::set_wait_hooks(WaitHooks hooks) { state_->hooks = hooks; }

void Loop::defer(std::function<void()> function) {
  state_->deferred.push_back(std::move(function));
}

void Loop::post(std::function<void()> function) { state_->post(std::move(function)); }

Result<Watch> Loop::watch(int fd, Watcher& watcher, Ready interest, Told told) {
  State& state = *state_;
  std::uint32_t slot = 0;
  if (state.free_slots.empty()) {
    slot = static_cast<std::uint32_t>(state.slots.size());
    state.slots.emplace_back();
  } else {
    slot = state.free_slots.back();
    state.free_slots.pop_back();
  }
  state.slots[slot].fd = fd;
  state.slots[slot].interest = interest;
  state.slots[slot].told = told;
  if (state.control(EPOLL_CTL_ADD, slot) != 0) {
    const int reason = errno;
    state.free_slots.push_back(slot);
    return Error{std::string("cannot watch a socket: ") + std::strerror(reason)};
  }
  state.slots[slot].watcher = &watcher;
  return Watch{*this, slot};
}

LoopLoad Loop::take_load() {
  State& state = *state_;
  const TimePoint now = read_clock();
  const Duration cpu = thread_cpu();
  const LoopLoad load{now - state.load_since, cpu - state.load_cpu, state.longest_turn,
                      state.lateness};
  state.load_since = now;
  state.load_cpu = cpu;
  state.longest_turn = {};
  state.lateness = {};
  return load;
}

Watch::Watch(Watch&& other) noexcept
    : loop_(std::exchange(other.loop_, nullptr)), slot_(other.slot_) {}

Watch& Watch::operator=(Watch&& other) noexcept {
  if (this != &other) {
    reset();
    loop_ = std::exchange(other.loop_, nullptr);
    slot_ = other.slot_;
  }
  return *this;
}

void Watch::reset() {
  if (loop_ == nullptr) return;
  Loop::State& state = *std::exchange(loop_, nullptr)->state_;
  state.control(EPOLL_CTL_DEL, slot_);
  ++state.slots[slot_].generation;
  state.slots[slot_].watcher = nullptr;
  state.free_slots.push_back(slot_);
}

void Watch::want(Ready interest) {
  Loop::State& state = *loop_->state_;
  if (interest == state.slots[slot_].interest) return;
  state.slots[slot_].interest = interest;
  state.control(EPOLL_CTL_MOD, slot_);
}

void Watch::again() { loop_->state_->control(EPOLL_CTL_MOD, slot_); }

void Timer::schedule(TimePoint when) { loop_.state_->schedule(*this, when); }

void Timer::cancel() {
  if (scheduled()) loop_.state_->cancel(*this);
}

}  // namespace swarm
