#include "worker/users/wait_time.h"

#include <gtest/gtest.h>

#include <queue>
#include <vector>

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint t0{1000s};

// The instants at which a user starts its tasks, the k-th of which lasts duration(k), and each of
// which starts `lag` after it was due.
std::vector<TimePoint> starts(const WaitTime& wait, int count, auto duration, Duration lag = 0ns) {
  Random random{1};
  WaitTime::Pace pace = WaitTime::begin(t0);
  std::vector<TimePoint> starts{t0};
  while (static_cast<int>(starts.size()) < count) {
    const TimePoint ended = starts.back() + duration(starts.size() - 1);
    starts.push_back(wait.next(ended, pace, random) + lag);
  }
  return starts;
}

TEST(WaitTime, OfNothingIsOverAtOnce) {
  Random random{1};
  WaitTime::Pace pace = WaitTime::begin(t0);
  EXPECT_EQ(WaitTime{}.next(t0 + 3s, pace, random), t0 + 3s);
}

TEST(WaitTime, ConstantCountsFromTheEndOfTheTask) {
  const auto times = starts(WaitTime::constant(2s), 3, [](auto) { return 5s; });
  EXPECT_EQ(times[2], t0 + 14s);
}

TEST(WaitTime, BetweenIsEvenlySpread) {
  const WaitTime wait = WaitTime::between(1s, 5s);
  Random random{7};
  WaitTime::Pace pace = WaitTime::begin(t0);
  Duration sum{};
  int low = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Duration waited = wait.next(t0, pace, random) - t0;
    ASSERT_GE(waited, 1s);
    ASSERT_LE(waited, 5s);
    sum += waited;
    if (waited < 2s) ++low;
  }
  EXPECT_NEAR(std::chrono::duration<double>(sum).count() / 10'000, 3.0, 0.05);
  EXPECT_NEAR(low, 2'500, 150);
}

TEST(WaitTime, ConstantPacingCountsFromStartToStart) {
  const auto times = starts(WaitTime::constant_pacing(10s), 5, [](auto) { return 3s; });
  EXPECT_EQ(times[4], t0 + 40s);
}

TEST(WaitTime, ConstantPacingDoesNotAddUpTheLatenessOfTimers) {
  const auto times = starts(
      WaitTime::constant_pacing(1s), 1'001, [](auto) { return 100ms; }, 5ms);
  EXPECT_EQ(times[1'000], t0 + 1'000s + 5ms);
}

TEST(WaitTime, ConstantPacingGivesUpWhatALongTaskMissed) {
  const auto times =
      starts(WaitTime::constant_pacing(1s), 5, [](auto k) { return k == 1 ? 3500ms : 100ms; });
  EXPECT_EQ(times[2], t0 + 4500ms);  // at once
  EXPECT_EQ(times[3], t0 + 5500ms);  // and a period later
}

TEST(WaitTime, ConstantThroughputIsLocustsPacingWhileNobodyIsLate) {
  const auto paced = starts(WaitTime::constant_pacing(100ms), 50, [](auto k) { return k * 1ms; });
  const auto rated = starts(WaitTime::constant_throughput(10), 50, [](auto k) { return k * 1ms; });
  EXPECT_EQ(paced, rated);
}

TEST(WaitTime, ConstantThroughputMakesUpForAPauseWithoutABurst) {
  // The 11th task takes 550 ms of 100 ms: five starts are missed.
  const auto times =
      starts(WaitTime::constant_throughput(10), 40, [](auto k) { return k == 10 ? 550ms : 1ms; });
  EXPECT_EQ(times[11], t0 + 1550ms);  // at once, as Locust's
  for (std::size_t k = 12; k < times.size(); ++k) EXPECT_GE(times[k] - times[k - 1], 50ms);
  EXPECT_EQ(times[39], t0 + 3900ms);  // back on its schedule
}

TEST(WaitTime, ConstantThroughputGivesUpWhatLiesFarBack) {
  const auto times =
      starts(WaitTime::constant_throughput(10), 100, [](auto k) { return k == 10 ? 30s : 1ms; });
  // Of 30 s, one second is made up for: of the tasks from 31 s on, the first should have been at 30
  // s.
  EXPECT_EQ(times[11], t0 + 31s);
  EXPECT_EQ(times[99], t0 + 30s + 88 * 100ms);
}

// Issue 2: 10,000 requests/s over 1,000 users for 60 s, with late timers, uneven answers and a
// pause of the whole process, within 0.1 %.
TEST(WaitTime, ConstantThroughputKeepsTheRateOfAThousandUsersForAMinute) {
  const WaitTime wait = WaitTime::constant_throughput(10);
  Random random{3};
  std::uint64_t requests = 0;
  Duration worst_lag{};
  for (int user = 0; user < 1'000; ++user) {
    const TimePoint begin = t0 + user * 100us;
    const TimePoint end = begin + 60s;
    WaitTime::Pace pace = WaitTime::begin(begin);
    TimePoint start = begin;
    while (start < end) {
      ++requests;
      Duration took = 200us + Duration{random.below(20'000'000)};
      if (start < t0 + 20s && start + took > t0 + 20s) took += 400ms;
      const TimePoint due = wait.next(start + took, pace, random);
      start = due + Duration{random.below(2'000'000)};
      worst_lag = std::max(worst_lag, start - due);
    }
  }
  EXPECT_NEAR(static_cast<double>(requests), 600'000, 600);
  // A user that its target held up is not late: lag is the lateness of timers alone.
  EXPECT_LT(worst_lag, 2ms);
}

TEST(Random, IsTheSameForTheSameSeedAndAnotherForAnother) {
  Random one{1};
  Random same{1};
  Random other{2};
  EXPECT_EQ(one.next(), same.next());
  EXPECT_NE(one.next(), other.next());
}

TEST(Random, StaysBelowItsLimitAndReachesAllOfIt) {
  Random random{9};
  std::vector<int> seen(7);
  for (int i = 0; i < 7'000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) EXPECT_NEAR(count, 1'000, 150);
  for (int i = 0; i < 1'000; ++i) {
    const double ratio = random.ratio();
    EXPECT_TRUE(ratio >= 0 && ratio < 1);
  }
}

}  // namespace
}  // namespace swarm::worker
