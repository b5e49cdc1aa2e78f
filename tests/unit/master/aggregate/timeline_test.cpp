#include "master/aggregate/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using testing::Optional;

constexpr std::int64_t kLate = 1 << 20;  // a present that cuts nothing off

// `requests` in each of `seconds` from `first` on, one of them failed, that took 1 ms and more.
EndpointStats measured(std::int64_t first, std::int64_t seconds, std::uint32_t requests) {
  EndpointStats stats;
  for (std::int64_t second = first; second < first + seconds; ++second) {
    stats.requests += requests;
    stats.failures += 1;
    stats.seconds.add(second, {.requests = requests, .failures = 1});
    for (std::uint32_t i = 0; i < requests; ++i) {
      stats.response_times.record(1ms * (1 + (second * 7 + i) % 50));
    }
  }
  stats.first = first * 1s;
  stats.last = (first + seconds) * 1s - 1ns;
  return stats;
}

struct Sums {
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  Latencies latencies;
};
Sums sums_of(const Timeline& timeline) {
  Sums sums;
  for (const auto& slot : timeline.slots()) {
    sums.requests += slot.requests;
    sums.failures += slot.failures;
    sums.latencies.merge(slot.latencies);
  }
  return sums;
}

Latencies::Buckets folded(const Histogram& histogram, unsigned coarseness) {
  Latencies::Buckets buckets;
  Latencies::fold(histogram, coarseness, buckets);
  return buckets;
}

TEST(Timeline, PutsWhatADeltaSpansIntoTheSecondsInWhichItEnded) {
  EndpointStats stats = measured(4, 1, 10);
  stats.merge(measured(6, 1, 30));
  Portions portions;
  Timeline timeline(0);
  timeline.add(stats, kLate, portions);
  ASSERT_EQ(timeline.slots().size(), 7u);
  EXPECT_EQ(timeline.slots()[4].requests, 10u);
  EXPECT_EQ(timeline.slots()[5].requests, 0u);
  EXPECT_EQ(timeline.slots()[6].requests, 30u);
  EXPECT_EQ(timeline.slots()[6].failures, 1u);
  EXPECT_EQ(sums_of(timeline).latencies.buckets(), folded(stats.response_times, 0));
}

TEST(Timeline, DealsResponseTimesOutInProportionToTheRequests) {
  EndpointStats stats;
  stats.requests = 400;
  stats.seconds.add(0, {.requests = 100});
  stats.seconds.add(1, {.requests = 300});
  for (int i = 0; i < 400; ++i) stats.response_times.record(1ms * (1 + i % 100));
  stats.first = 0s;
  stats.last = 2s;
  Portions portions;
  Timeline timeline(0);
  timeline.add(stats, kLate, portions);
  for (const std::size_t slot : {0u, 1u}) {
    std::uint64_t count = 0;
    for (const auto& bucket : timeline.slots()[slot].latencies.buckets()) count += bucket.count;
    EXPECT_NEAR(static_cast<double>(count), slot == 0 ? 100 : 300, 1);
    EXPECT_NEAR(static_cast<double>(timeline.percentile(slot, 0.5)->count()), 50e6, 2e6);
    EXPECT_NEAR(static_cast<double>(timeline.percentile(slot, 0.95)->count()), 95e6, 4e6);
  }
}

// A wide bucket's middle may be below the fastest response, or above the slowest.
TEST(Timeline, TellsNoTimeThatWasNotMeasured) {
  for (const Duration took : {1200ms, 2500ms, 2504ms}) {
    EndpointStats stats;
    stats.requests = 1;
    stats.seconds.add(0, {.requests = 1});
    stats.response_times.record(took);
    Portions portions;
    Timeline timeline(Latencies::kMostCoarse);
    timeline.add(stats, kLate, portions);
    EXPECT_EQ(timeline.percentile(0, 0.99), took);
    timeline.summarize();
    EXPECT_EQ(timeline.percentile(0, 0.99), took);
  }
}

TEST(Timeline, KeepsItsSumsWhenItThins) {
  Portions portions;
  Timeline timeline(3);
  EndpointStats all;
  for (std::int64_t second = 0; second < 5000; second += 3) {
    const EndpointStats stats = measured(second, 3, 5);
    all.merge(stats);
    timeline.add(stats, kLate, portions);
    ASSERT_LE(timeline.slots().size(), Timeline::kMostSlots);
  }
  EXPECT_EQ(timeline.width(), 16);
  const Sums sums = sums_of(timeline);
  EXPECT_EQ(sums.requests, all.requests);
  EXPECT_EQ(sums.failures, all.failures);
  EXPECT_EQ(sums.latencies.buckets(), folded(all.response_times, 3));
  EXPECT_EQ(timeline.requests(), all.requests);
  EXPECT_EQ(timeline.slots()[10].requests, 16 * 5u);
}

TEST(Timeline, IsTheSameInAnyOrderOfDeltas) {
  std::vector<EndpointStats> deltas;
  for (std::int64_t second = 0; second < 1500; second += 4) {
    deltas.push_back(measured(second, 1 + second % 3, 1 + static_cast<std::uint32_t>(second % 9)));
  }
  const auto timeline_of = [&] {
    Portions portions;
    Timeline timeline(3);
    for (const auto& delta : deltas) timeline.add(delta, kLate, portions);
    return timeline;
  };
  const Timeline in_order = timeline_of();
  std::mt19937_64 random(1);
  for (int round = 0; round < 3; ++round) {
    std::ranges::shuffle(deltas, random);
    const Timeline shuffled = timeline_of();
    EXPECT_EQ(shuffled.width(), in_order.width());
    EXPECT_TRUE(std::ranges::equal(shuffled.slots(), in_order.slots()));
  }
}

// A master that was started anew is given all of a run, whose first seconds are not known.
TEST(Timeline, SpreadsWhatIsOlderThanTheKnownSeconds) {
  EndpointStats stats;
  for (std::int64_t second = 0; second < 2000; second += 10) stats.merge(measured(second, 10, 2));
  ASSERT_EQ(stats.seconds.begin(), 2000 - SecondCounts::kWindow);
  Portions portions;
  Timeline timeline(3);
  timeline.add(stats, 2000, portions);
  const Sums sums = sums_of(timeline);
  EXPECT_EQ(sums.requests, stats.requests);
  EXPECT_EQ(sums.failures, stats.failures);
  EXPECT_EQ(sums.latencies.buckets(), folded(stats.response_times, 3));
  for (const auto& slot : timeline.slots()) {
    EXPECT_NEAR(static_cast<double>(slot.requests), static_cast<double>(2 * timeline.width()), 4);
  }
}

TEST(Timeline, TakesNoWorkersWordForWhatIsToCome) {
  Portions portions;
  Timeline timeline(0);
  timeline.add(measured(1 << 25, 2, 3), 10, portions);
  EXPECT_EQ(timeline.width(), 1);
  ASSERT_EQ(timeline.slots().size(), 11u);
  EXPECT_EQ(timeline.slots()[10].requests, 6u);
}

TEST(Timeline, KeepsTheMostUsersOfASlot) {
  Timeline timeline(0, 4);
  timeline.add_users(0, 0);
  timeline.add_users(7, 1);
  timeline.add_users(5, 1);
  EXPECT_THAT(timeline.users(0), Optional(0u));
  EXPECT_THAT(timeline.users(1), Optional(7u));
  EXPECT_EQ(timeline.users(2), std::nullopt);
  timeline.add_users(3, 5);
  EXPECT_EQ(timeline.width(), 2);
  EXPECT_THAT(timeline.users(0), Optional(7u));
  EXPECT_EQ(timeline.users(1), std::nullopt);
  EXPECT_THAT(timeline.users(2), Optional(3u));
  EXPECT_EQ(timeline.most_users(), 7u);
}

TEST(Timeline, ASummaryKeepsCountsAndFivePercentiles) {
  Portions portions;
  Timeline timeline(3);
  EndpointStats all;
  const auto add = [&](std::int64_t second) {
    const EndpointStats stats = measured(second, 1, 500);
    all.merge(stats);
    timeline.add(stats, kLate, portions);
  };
  for (std::int64_t second = 0; second < 400; ++second) add(second);
  const Timeline before = timeline;
  timeline.summarize();
  EXPECT_LT(timeline.bytes(), before.bytes() / 2);
  for (const double p : Timeline::kSummary) {
    EXPECT_EQ(timeline.percentile(7, p), before.percentile(7, p));
  }
  // It goes on, and thins.
  for (std::int64_t second = 400; second < 2000; ++second) add(second);
  EXPECT_EQ(sums_of(timeline).requests, all.requests);
  EXPECT_EQ(sums_of(timeline).failures, all.failures);
  for (const double p : {0.5, 0.75, 0.95, 0.99}) {
    const auto exact = static_cast<double>(all.response_times.percentile(p).count());
    for (const std::size_t slot : {3u, 300u}) {
      EXPECT_NEAR(static_cast<double>(timeline.percentile(slot, p)->count()), exact, 0.06 * exact);
    }
  }
}

TEST(Timeline, HasNoPercentileWhereNothingWasMeasured) {
  Portions portions;
  Timeline timeline(3);
  timeline.add(measured(2, 1, 1), kLate, portions);
  EXPECT_EQ(timeline.percentile(0, 0.5), std::nullopt);
  timeline.summarize();
  EXPECT_EQ(timeline.percentile(0, 0.5), std::nullopt);
  EXPECT_NE(timeline.percentile(2, 0.5), std::nullopt);
}

}  // namespace
}  // namespace swarm::master
