#include "common/loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/busy.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using test::be_busy;
using testing::ElementsAre;

// Reads what comes and notes it; stops the loop when the peer closes.
class Reader final : public Watcher {
 public:
  Reader(Loop& loop, int fd) : loop_(loop), fd_(fd) {}
  void ready(Ready what) override {
    std::array<char, 16> bytes;
    if (any(what, Ready::Read)) {
      const ssize_t count = ::read(fd_, bytes.data(), bytes.size());
      if (count > 0) {
        read_.append(bytes.data(), static_cast<std::size_t>(count));
        return;
      }
    }
    loop_.stop();
  }
  const std::string& read() const { return read_; }

 private:
  Loop& loop_;
  int fd_;
  std::string read_;
};

TEST(Loop, ExpiresTimersInTheOrderOfTheirTimes) {
  Loop loop;
  std::vector<int> order;
  const TimePoint now = read_clock();
  CallbackTimer third(loop, [&] { order.push_back(3), loop.stop(); });
  CallbackTimer first(loop, [&] { order.push_back(1); });
  CallbackTimer second(loop, [&] { order.push_back(2); });
  CallbackTimer cancelled(loop, [&] { order.push_back(99); });
  third.schedule(now + 3us);
  cancelled.schedule(now + 1us);
  first.schedule(now + 1us);
  second.schedule(now + 50ms);
  second.schedule(now + 2us);
  cancelled.cancel();
  loop.run();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(Loop, KeepsManyTimersInOrderWhileTheyComeAndGo) {
  Loop loop;
  std::vector<TimePoint> seen;
  struct Noting final : Timer {
    Noting(Loop& loop, std::vector<TimePoint>& seen) : Timer(loop), seen_(seen) {}
    void expired() override {
      seen_.push_back(when());
      if (seen_.size() == 300) loop().stop();
    }
    std::vector<TimePoint>& seen_;
  };
  std::vector<std::unique_ptr<Noting>> timers;
  const TimePoint now = read_clock();
  std::uint64_t random = 1;
  for (int i = 0; i < 600; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    timers.push_back(std::make_unique<Noting>(loop, seen));
    timers.back()->schedule(now - 1ms + Duration{static_cast<std::int64_t>(random >> 44)});
  }
  for (std::size_t i = 0; i < 600; i += 2) timers[i].reset();
  loop.run();
  EXPECT_EQ(seen.size(), 300u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(Loop, ATimerThatSchedulesItselfAtOnceDoesNotHoldTheLoop) {
  Loop loop;
  int expired = 0;
  CallbackTimer stop(loop, [&] { loop.stop(); });
  std::optional<CallbackTimer> again;
  again.emplace(loop, [&] {
    if (++expired == 3) stop.schedule(loop.now());
    again->schedule(loop.now());
  });
  again->schedule(loop.now());
  loop.run();
  EXPECT_GE(expired, 3);
}

TEST(Loop, TellsAWatcherWhatCanBeReadUntilThePeerCloses) {
  Loop loop;
  std::array<int, 2> ends;
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  Reader reader(loop, ends[0]);
  auto watch = loop.watch(ends[0], reader, Ready::Read);
  ASSERT_TRUE(watch);
  const std::string text(1000, 'x');
  ASSERT_EQ(::write(ends[1], text.data(), text.size()), 1000);
  ::close(ends[1]);
  loop.run();
  EXPECT_EQ(reader.read(), text);
  watch.value().reset();
  ::close(ends[0]);
}

// Counts how often it is told.
class Counter final : public Watcher {
 public:
  void ready(Ready what) override { ++told, last_ = what; }
  int told = 0;
  Ready last_ = Ready::Nothing;
};

TEST(Loop, TellsOnceIfAskedToUntilThereIsMoreOrItIsAskedAgain) {
  Loop loop;
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  Counter counter;
  {
    Watch watch = loop.watch(ends[0], counter, Ready::Read, Told::Once).value();
    ASSERT_EQ(::send(ends[1], "a", 1, 0), 1);
    loop.turn({});
    loop.turn({});
    EXPECT_EQ(counter.told, 1);
    watch.again();
    loop.turn({});
    loop.turn({});
    EXPECT_EQ(counter.told, 2);
    ASSERT_EQ(::send(ends[1], "b", 1, 0), 1);
    loop.turn({});
    EXPECT_EQ(counter.told, 3);
    ::close(ends[1]);
    loop.turn({});
    loop.turn({});
    EXPECT_EQ(counter.told, 4);
    EXPECT_TRUE(any(counter.last_, Ready::Closed));
  }
  ::close(ends[0]);
}

TEST(Loop, AWatchRemovedInATurnIsNotToldOfThatTurnsEvents) {
  Loop loop;
  struct Pair {
    std::array<int, 2> ends;
    Watch watch;
  };
  std::array<Pair, 2> pairs;
  int told = 0;
  // Whichever is told first removes the other.
  struct Rival final : Watcher {
    Rival(int& told, Watch& other, Loop& loop) : told_(told), other_(other), loop_(loop) {}
    void ready(Ready) override {
      ++told_;
      other_.reset();
      loop_.stop();
    }
    int& told_;
    Watch& other_;
    Loop& loop_;
  };
  Rival first(told, pairs[1].watch, loop);
  Rival second(told, pairs[0].watch, loop);
  std::array<Rival*, 2> rivals{&first, &second};
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pairs[i].ends.data()), 0);
    pairs[i].watch = std::move(loop.watch(pairs[i].ends[0], *rivals[i], Ready::Read)).value();
    ASSERT_EQ(::write(pairs[i].ends[1], "x", 1), 1);
  }
  loop.run();
  EXPECT_EQ(told, 1);
  for (auto& pair : pairs) {
    pair.watch.reset();
    ::close(pair.ends[0]);
    ::close(pair.ends[1]);
  }
}

TEST(Loop, RunsPostedFunctionsOfOtherThreadsWhetherQuietOrBusy) {
  Loop loop;
  // A timer that is always due keeps the loop busy from the first visit on.
  std::optional<CallbackTimer> always;
  always.emplace(loop, [&] { always->schedule(loop.now()); });
  int posts = 0;
  std::thread other([&] {
    loop.post([&] {
      ++posts;
      always->schedule(loop.now());
    });
    for (int i = 0; i < 100; ++i) {
      loop.post([&] {
        if (++posts == 101) loop.stop();
      });
    }
  });
  loop.run();
  other.join();
  EXPECT_EQ(posts, 101);
}

TEST(Loop, RunsDeferredFunctionsAfterWhatIsDue) {
  Loop loop;
  std::vector<std::string> order;
  CallbackTimer first(loop, [&] {
    loop.defer([&] { order.push_back("deferred"), loop.stop(); });
    order.push_back("first");
  });
  CallbackTimer second(loop, [&] { order.push_back("second"); });
  const TimePoint now = read_clock();
  first.schedule(now - 2ms);
  second.schedule(now - 1ms);
  loop.run();
  EXPECT_THAT(order, ElementsAre("first", "second", "deferred"));
}

TEST(Loop, ServesSocketsAndPostsAlthoughSomebodyDefersAgainAndAgain) {
  Loop loop;
  std::array<int, 2> ends;
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  Reader reader(loop, ends[0]);
  auto watch = loop.watch(ends[0], reader, Ready::Read);
  std::function<void()> again = [&] { loop.defer(again); };
  again();
  loop.post([&] { ::close(ends[1]); });  // ends the loop
  loop.run();
  watch.value().reset();
  ::close(ends[0]);
}

TEST(Loop, TakesOneTurnWithoutWaitingIfAsked) {
  Loop loop;
  int expired = 0;
  CallbackTimer timer(loop, [&] { ++expired; });
  timer.schedule(TimePoint::max());
  loop.turn(Duration{});
  EXPECT_EQ(expired, 0);
  timer.schedule(TimePoint{});
  loop.turn(Duration{});
  EXPECT_EQ(expired, 1);
}

// The alarm of a wait is left set when something else ends it.
TEST(Loop, WaitsForWhicheverTimerIsNextWhateverItWaitedForBefore) {
  Loop loop;
  const auto wait_for_a_post = [&] {
    loop.post([] {});
    loop.turn(Duration::max());
  };
  std::vector<std::string> order;
  CallbackTimer late(loop, [&] { order.push_back("late"), loop.stop(); });
  CallbackTimer early(loop, [&] { order.push_back("early"); });
  CallbackTimer cancelled(loop, [&] { order.push_back("cancelled"); });
  late.schedule(read_clock() + 1h);
  wait_for_a_post();
  early.schedule(read_clock() + 2ms);
  wait_for_a_post();
  cancelled.schedule(read_clock() + 1ms);
  wait_for_a_post();
  cancelled.cancel();
  late.schedule(read_clock() + 4ms);
  loop.run();
  EXPECT_THAT(order, ElementsAre("early", "late"));
}

// How late `watcher` is served that was due when a turn of 4 ms began.
Lateness lateness_after_a_long_turn(Loop& loop, Watcher& watcher) {
  std::array<int, 2> ends;
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  auto watch = loop.watch(ends[0], watcher, Ready::Read);
  EXPECT_TRUE(watch);
  loop.defer([&] {
    EXPECT_EQ(::write(ends[1], "x", 1), 1);
    be_busy(4ms);
  });
  loop.turn(0s);
  loop.turn(0s);
  watch->reset();
  ::close(ends[0]);
  ::close(ends[1]);
  return loop.take_load().lateness;
}

struct Idle : Watcher {
  void ready(Ready) override {}
};

TEST(Loop, TellsOfEventsThatCameWhileItWasBusy) {
  Loop loop;
  Idle idle;
  const Lateness lateness = lateness_after_a_long_turn(loop, idle);
  EXPECT_EQ(lateness.events, 1u);
  EXPECT_GE(lateness.late, 0.75);
  EXPECT_GE(lateness.mean_wait(), 2500us);
  EXPECT_EQ(loop.take_load().lateness, Lateness());
}

// As the HTTP client does: what it measures is not longer if it is told late.
TEST(Loop, CountsNobodyLateWhoKnowsWhenItHappened) {
  struct Knows final : Idle {
    Knows() { tells_when(true); }
  };
  Loop loop;
  Knows knows;
  EXPECT_EQ(lateness_after_a_long_turn(loop, knows), Lateness());
}

// As when the process was stopped: nothing was served, although no turn took long.
TEST(Loop, CountsAWaitThatLastsTooLongAsATurn) {
  Loop loop;
  loop.set_wait_hooks({.before = [](void*) {}, .after = [](void*) { be_busy(3ms); }});
  CallbackTimer timer(loop, [] {});
  timer.schedule(read_clock() + 2ms);
  loop.turn(1s);
  EXPECT_GE(loop.take_load().longest_turn, 2500us);
}

TEST(Loop, TellsWhenItIsAboutToWaitAndThatItHasWaited) {
  Loop loop;
  std::string told;
  loop.set_wait_hooks({.before = [](void* it) { *static_cast<std::string*>(it) += "before "; },
                       .after = [](void* it) { *static_cast<std::string*>(it) += "after"; },
                       .context = &told});
  loop.turn(Duration{});
  EXPECT_EQ(told, "");
  loop.turn(Duration{1});
  EXPECT_EQ(told, "before after");
}

TEST(Loop, WatchesInTheChildOfAForkWithoutTouchingItsParentsWatches) {
  Loop loop;
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
  Reader reader(loop, pair[0]);
  {
    auto watch = loop.watch(pair[0], reader, Ready::Read).value();
    const pid_t child = ::fork();
    if (child == 0) {
      loop.after_fork();
      const bool written = ::write(pair[1], "x", 1) == 1;
      loop.turn(Duration{});
      watch.reset();  // of its own instance
      ::_exit(written && reader.read() == "x" ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    ASSERT_EQ(::write(pair[1], "y", 1), 1);
    loop.turn(Duration{});
    EXPECT_EQ(reader.read(), "y");
  }
  ::close(pair[0]);
  ::close(pair[1]);
}

TEST(Loop, ItsTimeStandsStillWithinATurnOnly) {
  Loop loop;
  TimePoint first, second;
  CallbackTimer timer(loop, [&] {
    first = loop.now();
    while (read_clock() == first) continue;
    second = loop.now();
  });
  timer.schedule(TimePoint{});
  loop.turn(Duration{});
  EXPECT_EQ(first, second);
  const TimePoint after = loop.now();
  while (read_clock() == after) continue;
  EXPECT_GT(loop.now(), after);
}

}  // namespace
}  // namespace swarm
